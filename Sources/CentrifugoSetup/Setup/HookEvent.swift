/// The events that Centrifugo can ask a backend about.
enum HookEvent: String, CaseIterable, Sendable {
  case connect, refresh, subscribe, publish, subRefresh = "sub_refresh", rpc
  // Those that the service does not serve.
  case subscribeStream = "subscribe_stream", mapPublish = "map_publish", mapRemove = "map_remove"
  case sharedPollRefresh = "shared_poll_refresh"

  /// Whether the service has a hook for it.
  var isServed: Bool {
    switch self {
    case .connect, .refresh, .subscribe, .publish, .subRefresh, .rpc: true
    case .subscribeStream, .mapPublish, .mapRemove, .sharedPollRefresh: false
    }
  }

  /// The path of the proxy that is asked where none is named.
  var path: String {
    switch self {
    case .connect, .refresh: "client.proxy.\(rawValue)"
    case .rpc: "rpc.proxy"
    default: "channel.proxy.\(rawValue)"
    }
  }
}
