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

/// A proxy that is asked: where it is described, and what switched it on.
struct HookProxy: Sendable {
  let event: HookEvent
  /// The proxy's object.
  let spot: Spot
  /// The flag, or the namespace's, that made Centrifugo ask it.
  let user: Spot

  var endpoint: Spot { spot["endpoint"] }

  /// By `http://` or `https://`, in small letters, as Centrifugo compares it; everything else is gRPC.
  var isHTTP: Bool { endpoint.text.hasPrefix("http://") || endpoint.text.hasPrefix("https://") }

  /// Whether it is taken for gRPC and can be none: a path, or nothing, stands where a host and port are wanted.
  var isMalformed: Bool {
    let text = endpoint.text
    guard !isHTTP, !text.isEmpty else { return false }
    let host = text.hasPrefix("grpc://") ? text.dropFirst("grpc://".count) : text[...]
    return host.contains("/") || host.isEmpty
  }

  /// Whether it is called by gRPC.
  var isGRPC: Bool { !isHTTP && !isMalformed && !endpoint.text.isEmpty }

  /// The address that is called: host and port, without the scheme and what follows.
  var authority: Substring {
    let text = endpoint.text
    let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
  }

  /// Whether the call stays on the machine.
  var isLocal: Bool { Host.isLoopback(Host.name(in: authority)) }

  /// What Centrifugo sends with each call that does not come from a client, by the place of each value.
  var fixedHeaders: [(name: String, value: Spot)] {
    if isHTTP { return spot["http"]["static_headers"].headers }
    let grpc = spot["grpc"]
    let credentials =
      grpc["credentials_key"].text.isEmpty
      ? [] : [(grpc["credentials_key"].text, grpc["credentials_value"])]
    return grpc["static_metadata"].headers + credentials
  }
}

/// Hosts in addresses.
enum Host {
  /// The host of `host:port` or `[v6]:port`.
  static func name(in authority: Substring) -> Substring {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return authority[authority.index(after: authority.startIndex)..<end]
    }
    guard let colon = authority.lastIndex(of: ":") else { return authority }
    // An IPv6 address that nobody put into brackets.
    return authority[..<colon].contains(":") ? authority : authority[..<colon]
  }

  /// Whether only the machine itself is meant.
  static func isLoopback(_ host: some StringProtocol) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
