// Where the hooks are called: what makes calls fail, or go elsewhere.
extension Rule {
  static let endpoints: [Rule] = [
    Rule("endpoint-missing", .high, "A hook has no endpoint") { setup, expected in
      setup.proxies(expected).filter { $0.event.isServed && $0.endpoint.text.isEmpty }.map { proxy in
        Remark(
          proxy.endpoint,
          why: "\(proxy.user.path) asks this proxy, which leads nowhere: each call fails"
            + (proxy.event == .rpc ? ", and checkconfig does not notice." : ", or Centrifugo does not start."),
          mend: "Set it to the service's address: http://host:port/centrifugo/\(proxy.event.rawValue), or for gRPC "
            + "grpc://host:port.")
      }
    },
    Rule("endpoint-form", .high, "An endpoint is taken for gRPC and is none") { setup, expected in
      setup.proxies(expected).filter(\.event.isServed).compactMap { proxy in
        if proxy.isMalformed {
          return Remark(
            proxy.endpoint,
            why:
              "Only what begins with http:// or https://, in small letters, is HTTP. This is taken for the host and port of "
              + "a gRPC server, and is no such thing.",
            mend: "Write http:// or https:// before it, or for gRPC grpc://host:port.")
        }
        guard proxy.isGRPC, !proxy.isEncrypted, Host.port(in: proxy.authority).isEmpty else { return nil }
        return Remark(
          proxy.endpoint, why: "Without a port gRPC calls port 443, where nobody expects a call in clear.",
          mend: "Write the port of PROXYHOOKS_GRPC_LISTEN behind it.")
      }
    },
    Rule("grpc-endpoint", .high, "A hook is called by gRPC where the service does not speak it so") { setup, expected in
      setup.proxies(expected).compactMap { misplacedGRPC($0, setup, expected) }
    },
    Rule("wrong-endpoint", .critical, "An event is sent to another event's hook") { setup, expected in
      setup.proxies(expected).filter { $0.event.isServed && $0.isHTTP && path(of: $0).last != $0.event.rawValue[...] }
        .map { proxy in
          Remark(
            proxy.endpoint,
            why:
              "\(proxy.user.path) sends \(proxy.event.rawValue) events there. The service takes an event for what its path "
              + "says: a publish that is sent to subscribe is allowed to whoever may listen, and nothing is stored.",
            mend: "End it with /centrifugo/\(proxy.event.rawValue). A proxy that serves several events needs one each.")
        }
    },
    Rule("foreign-endpoint", .high, "A hook is somewhere else than the others") { setup, expected in
      let proxies = setup.proxies(expected).filter { $0.event.isServed && ($0.isHTTP || $0.isGRPC) }
      return proxies.filter { misplacedGRPC($0, setup, expected) == nil }.compactMap { proxy in
        if proxy.isHTTP, isGRPC(proxy.authority, expected) {
          return Remark(
            proxy.endpoint,
            why: "That is where the service listens for gRPC, and a port speaks one of the two: each call fails.",
            mend: "Set the host and port of PROXYHOOKS_LISTEN, or grpc:// with this address.")
        }
        guard let home = home(instead: proxy, among: proxies, expected) else { return nil }
        let isOfItsKind = home.hasPrefix("grpc://") != proxy.isHTTP
        return Remark(
          proxy.endpoint,
          why:
            "\(proxy.event.rawValue) is decided at \(base(of: proxy)), not at \(home), and the secret is sent there.",
          mend: "If the service is not there too, set "
            + (!isOfItsKind ? "its host." : proxy.isHTTP ? "\(home)/centrifugo/\(proxy.event.rawValue)." : "\(home)."))
      }
    },
    Rule("undefined-proxy", .high, "A proxy is named that there is not") { setup, expected in
      let defined = Set(setup["proxies"].elements.map { $0["name"].text } + ["", "default"])
      let keys = [
        "subscribe_proxy_name", "publish_proxy_name", "sub_refresh_proxy_name", "subscribe_stream_proxy_name",
      ]
      let names =
        setup.channelOptions(expected).flatMap { options in
          keys.map { options[$0] } + ["publish_proxy_name", "remove_proxy_name"].map { options["map"][$0] }
            + (options["subscription_type"].text == "shared_poll" ? [options["shared_poll"]["proxy_name"]] : [])
        } + ([setup["rpc.without_namespace"]] + setup["rpc.namespaces"].elements).map { $0["proxy_name"] }
      return names.filter { !defined.contains($0.text) }.map { name in
        Remark(
          name, why: "No element of proxies is called \(name.text): Centrifugo does not start.",
          mend: "Remove it, so that the proxy of its kind is asked, or define it in proxies.")
      }
    },
  ]

  /// The parts of an HTTP endpoint's path.
  private static func path(of proxy: HookProxy) -> [Substring] {
    let text = proxy.endpoint.text
    let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
    return Array(rest.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").dropFirst())
  }

  /// An endpoint's scheme and authority.
  private static func base(of proxy: HookProxy) -> String {
    (proxy.isHTTP ? proxy.isEncrypted ? "https://" : "http://" : "grpc://") + proxy.authority
  }

  /// What is wrong with a call by gRPC, as far as where the service listens tells.
  private static func misplacedGRPC(
    _ proxy: HookProxy, _ setup: Setup, _ expected: SetupExpectations
  ) -> Remark? {
    guard proxy.event.isServed, proxy.isGRPC else { return nil }
    let path = "/centrifugo/\(proxy.event.rawValue)"
    if expected.grpc == .off {
      return Remark(
        proxy.endpoint, why: "The service does not listen for gRPC (PROXYHOOKS_GRPC_LISTEN is off): each call fails.",
        mend: "Set PROXYHOOKS_GRPC_LISTEN, or here the service's http:// or https:// address and \(path).")
    }
    let http = setup.proxies(expected).filter { $0.event.isServed && $0.isHTTP }
    let addresses = (expected.endpoint.map { [Host.authority(in: $0)] } ?? []) + http.map(\.authority)
    if !isGRPC(proxy.authority, expected), addresses.contains(where: { Host.isSameAuthority($0, proxy.authority) }) {
      return Remark(
        proxy.endpoint,
        why: "That is where the hooks are over HTTP, and a port speaks one of the two: each call fails.",
        mend: "Set the host and port of PROXYHOOKS_GRPC_LISTEN, or http:// or https:// and \(path) with this address.")
    }
    let host = Host.name(in: proxy.authority)
    let neighbours = http.filter { Host.isSame(Host.name(in: $0.authority), host) }
    guard let isEncrypted = expected.isEncrypted ?? neighbours.first?.isEncrypted, isEncrypted != proxy.isEncrypted
    else { return nil }
    return Remark(
      proxy.block["tls"]["enabled"],
      why: "The service speaks TLS on both of its listeners or on none, and over HTTP it "
        + (isEncrypted ? "does: each call in clear fails." : "does not: each handshake fails."),
      mend: isEncrypted ? #"In the proxy's grpc.tls: "enabled": true, with server_ca_pem."# : "Remove grpc.tls.")
  }

  private static func isGRPC(_ authority: Substring, _ expected: SetupExpectations) -> Bool {
    guard case .at(let address) = expected.grpc else { return false }
    return Host.isSameAuthority(authority, address[...])
  }

  /// Where a hook should be called that is called somewhere else; nil where it is called where it should be.
  private static func home(
    instead proxy: HookProxy, among proxies: [HookProxy], _ expected: SetupExpectations
  ) -> String? {
    let kin = proxies.first { $0.isHTTP == proxy.isHTTP } ?? proxy
    if proxy.isHTTP, let home = expected.endpoint {
      return (proxy.endpoint.text + "/").hasPrefix(home + "/") ? nil : home
    }
    if !proxy.isHTTP, case .at(let address) = expected.grpc {
      return isGRPC(proxy.authority, expected) ? nil : "grpc://\(address)"
    }
    // Where it is not known what is right, scheme and prefix may differ.
    if !Host.isSameAuthority(proxy.authority, kin.authority) { return base(of: kin) }
    guard let first = proxies.first,
      !Host.isSame(Host.name(in: first.authority), Host.name(in: proxy.authority))
    else { return nil }
    return base(of: first)
  }
}
