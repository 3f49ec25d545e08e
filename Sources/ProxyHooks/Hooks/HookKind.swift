/// The six events that Centrifugo proxies to a backend ("Proxy events" in Centrifugo's documentation).
public enum HookKind: String, CaseIterable, Sendable {
  case connect
  case refresh
  case subscribe
  case subRefresh = "sub_refresh"
  case publish
  case rpc
}
