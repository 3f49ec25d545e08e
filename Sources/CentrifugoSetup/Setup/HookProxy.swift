/// A proxy that is asked: where it is described, and what switched it on.
struct HookProxy: Sendable {
  let event: HookEvent
  /// The proxy's object.
  let spot: Spot
  /// The flag, or the namespace's, that made Centrifugo ask it.
  let user: Spot

  var endpoint: Spot { spot["endpoint"] }

  /// By `http://` or `https://`, in small letters, as Centrifugo compares it; everything else is gRPC.
  var isHTTP: Bool { Self.isHTTP(endpoint.text) }

  /// Whether it is taken for gRPC and can be none: a path, or nothing, stands where a host and port are wanted.
  var isMalformed: Bool {
    guard !isHTTP, !endpoint.text.isEmpty else { return false }
    return authority.isEmpty || authority.contains("/") || authority.hasSuffix(":")
  }

  /// Whether it is called by gRPC.
  var isGRPC: Bool { !isHTTP && !isMalformed && !endpoint.text.isEmpty }

  /// The block with what is of its transport alone; the other transport's is not read.
  var block: Spot { spot[isHTTP ? "http" : "grpc"] }

  /// What Centrifugo sends with each call, whoever the client is.
  var fixed: Spot { block[isHTTP ? "static_headers" : "static_metadata"] }

  /// Whether calls are encrypted: over HTTP the scheme says so, over gRPC the block.
  var isEncrypted: Bool { isHTTP ? endpoint.text.hasPrefix("https://") : block["tls"]["enabled"].isOn }

  /// The address that is called: host and port, without the scheme and what follows.
  ///
  /// Over gRPC `grpc://` is taken off with a path behind it; what is left is a target of the gRPC client's, of which these
  /// forms name a host: `host:port`, `dns:host:port`, `dns://server/host:port`, and the same with `passthrough`.
  var authority: Substring {
    let text = endpoint.text
    if isHTTP || text.hasPrefix("grpc://") { return Host.authority(in: text) }
    for scheme in ["dns:", "passthrough:"] where text.hasPrefix(scheme) {
      let rest = text.dropFirst(scheme.count)
      guard rest.hasPrefix("//") else { return rest }
      return rest.dropFirst(2).drop { $0 != "/" }.dropFirst()
    }
    return text[...]
  }

  /// Whether the call stays on the machine.
  var isLocal: Bool { Host.isLoopback(Host.name(in: authority)) }

  /// What Centrifugo sends with each call that does not come from a client, by the place of each value.
  var fixedHeaders: [(name: String, value: Spot)] { fixed.headers + credentials }

  /// What gRPC alone sends beside its metadata.
  var credentials: [(name: String, value: Spot)] {
    guard !isHTTP, case let name = block["credentials_key"].text, !name.isEmpty else { return [] }
    return [(name, block["credentials_value"])]
  }

  private static func isHTTP(_ endpoint: String) -> Bool {
    endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://")
  }
}
