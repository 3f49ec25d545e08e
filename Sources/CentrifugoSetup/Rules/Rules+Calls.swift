// How the hooks are called: what makes calls fail, go elsewhere or travel in clear.
extension Rule {
  static let calls: [Rule] = [
    Rule("endpoint-missing", .high, "A hook has no endpoint") { setup, expected in
      setup.proxies(expected).filter { $0.event.isServed && $0.endpoint.text.isEmpty }.map { proxy in
        Remark(
          proxy.endpoint,
          why: "\(proxy.user.path) asks this proxy, which leads nowhere: each call fails"
            + (proxy.event == .rpc ? ", and checkconfig does not notice." : ", or Centrifugo does not start."),
          mend: "Set it to the service's address and /centrifugo/\(proxy.event.rawValue).")
      }
    },
    Rule("endpoint-form", .high, "An endpoint is taken for gRPC and is none") { setup, expected in
      setup.proxies(expected).filter { $0.event.isServed && $0.isMalformed }.map {
        proxy in
        Remark(
          proxy.endpoint,
          why:
            "Only what begins with http:// or https://, in small letters, is HTTP. This is taken for the host and port of a "
            + "gRPC server.",
          mend: "Write http:// or https:// before it.")
      }
    },
    Rule("grpc-endpoint", .high, "A hook is called by gRPC, which the service does not speak") { setup, expected in
      setup.proxies(expected).filter { $0.event.isServed && $0.isGRPC }.map { proxy in
        Remark(
          proxy.endpoint, why: "The service answers hooks over HTTP alone: each call fails.",
          mend: "Set it to the service's http:// or https:// address and /centrifugo/\(proxy.event.rawValue).")
      }
    },
    Rule("wrong-endpoint", .high, "An event is sent to another event's hook") { setup, expected in
      setup.proxies(expected).filter { $0.event.isServed && $0.isHTTP && path(of: $0).last != $0.event.rawValue[...] }
        .map { proxy in
          Remark(
            proxy.endpoint,
            why:
              "\(proxy.user.path) sends \(proxy.event.rawValue) events there. The service knows an event by the end of its "
              + "path, and refuses what does not belong to it.",
            mend: "End it with /centrifugo/\(proxy.event.rawValue). A proxy that serves several events needs one each.")
        }
    },
    Rule("foreign-endpoint", .high, "A hook is somewhere else than the others") { setup, expected in
      let proxies = setup.proxies(expected).filter { $0.event.isServed && $0.isHTTP }
      guard let home = expected.endpoint ?? proxies.first.map({ base(of: $0) }) else { return [] }
      return proxies.filter { proxy in
        // Where it is not known what is right, scheme and prefix may differ.
        expected.endpoint == nil
          ? proxy.authority != proxies[0].authority : !(proxy.endpoint.text + "/").hasPrefix(home + "/")
      }.map { proxy in
        Remark(
          proxy.endpoint,
          why:
            "\(proxy.event.rawValue) is decided at \(base(of: proxy)), not at \(home), and the secret is sent there.",
          mend: "If the service is not there too, set \(home)/centrifugo/\(proxy.event.rawValue).")
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
        } + ([setup["rpc.without_namespace"]] + setup["rpc.namespaces"].elements).map { $0["proxy_name"] }
      return names.filter { !defined.contains($0.text) }.map { name in
        Remark(
          name, why: "No element of proxies is called \(name.text): Centrifugo does not start.",
          mend: "Remove it, so that the proxy of its kind is asked, or define it in proxies.")
      }
    },
    Rule("clear-text-endpoint", .medium, "A hook is called in clear over a network") { setup, expected in
      setup.proxies(expected).filter { $0.endpoint.text.hasPrefix("http://") && !$0.isLocal }.map { proxy in
        Remark(
          proxy.endpoint,
          why:
            "The service's secret, tokens and messages can be read on the way to \(proxy.authority), and answers changed.",
          mend: "https:// and http.tls, or accept it where the network itself encrypts.")
      }
    },
    Rule("grpc-clear-text", .medium, "A hook is called by gRPC in clear over a network") { setup, expected in
      setup.proxies(expected).filter {
        $0.event.isServed && $0.isGRPC && !$0.isLocal && !$0.spot["grpc"]["tls"]["enabled"].isOn
      }
      .map { proxy in
        Remark(
          proxy.spot["grpc"]["tls"]["enabled"],
          why:
            "gRPC is encrypted by grpc.tls alone: credentials, static metadata, tokens and messages can be read on the "
            + "way to \(proxy.authority).",
          mend: #"In the proxy's grpc.tls: "enabled": true, with server_ca_pem."#)
      }
    },
    Rule("tls-unverified", .high, "Whose certificate it is does not matter") { setup, expected in
      setup.proxies(expected).map { $0.spot[$0.isHTTP ? "http" : "grpc"]["tls"] }
        .filter { $0["enabled"].isOn && $0["insecure_skip_verify"].isOn }.map { tls in
          Remark(
            tls["insecure_skip_verify"],
            why:
              "Whoever stands between Centrifugo and the service is given the secret and the tokens, and answers in its "
              + "place.",
            mend: "Remove it, and name the service's root in server_ca_pem.")
        }
    },
    Rule("idle-tls", .medium, "TLS settings are not used") { setup, expected in
      let keys = ["cert_pem", "key_pem", "server_ca_pem", "server_name", "insecure_skip_verify"]
      return setup.proxies(expected).filter { $0.event.isServed }.compactMap { proxy in
        let tls = proxy.spot["http"]["tls"]
        guard proxy.isHTTP, tls["enabled"].isOn || keys.contains(where: { tls[$0].isThere }) else { return nil }
        if proxy.endpoint.text.hasPrefix("http://") {
          return Remark(
            tls, why: "The endpoint begins with http://, so that nothing is encrypted whatever stands here.",
            mend: "Let the endpoint begin with https://, or remove http.tls.")
        }
        guard !tls["enabled"].isOn else { return nil }
        return Remark(
          tls["enabled"],
          why:
            "The rest of http.tls is ignored: the service's certificate must come from one of the system's roots, and "
            + "Centrifugo shows none.",
          mend: #""enabled": true"#)
      }
    },
    Rule("short-timeout", .high, "Centrifugo gives up before the service answers") { setup, expected in
      let deadline = GoDuration.milliseconds(expected.deadlineMilliseconds)
      return setup.proxies(expected).filter { $0.event.isServed }.compactMap { proxy in
        let timeout = proxy.spot["timeout"].duration(or: .seconds(1))
        guard timeout > .zero, timeout <= deadline else { return nil }
        return Remark(
          proxy.spot["timeout"],
          why:
            "The service may take \(deadline.text) (PROXYHOOKS_DEADLINE_MS). After \(timeout.text) Centrifugo throws the "
            + "answer away: a message may be stored whose sender is told of an error, and a refresh that fails keeps the "
            + "connection for 60 s more.",
          mend: #"At least 100 ms more than the deadline; "1s" for the default of 800 ms."#)
      }
    },
    Rule("refresh-without-meta", .high, "refresh is not told which token a connection came with") { setup, expected in
      withoutMeta(
        .refresh, setup, expected,
        why: "The service ends a connection of which it does not know the token: each one closes at its first refresh.")
    },
    Rule("sub-refresh-without-meta", .medium, "sub_refresh is not told which token a connection came with") {
      setup, expected in
      withoutMeta(
        .subRefresh, setup, expected,
        why: "A revoked token is then noticed by refresh alone, later than the subscription's end.")
    },
    Rule("refresh-transforms", .high, "An outage ends connections or subscriptions") { setup, expected in
      setup.proxies(expected).filter { [.refresh, .subRefresh].contains($0.event) }
        .map { $0.spot["http"]["status_to_code_transforms"] }.filter { !$0.elements.isEmpty }.map { transforms in
          Remark(
            transforms,
            why:
              "A refresh that fails keeps the connection for 60 s more. A transformed status is an answer without a result "
              + "instead, which counts as expired: a restart of the service drops everybody.",
            mend: "Remove it.")
        }
    },
    Rule("token-not-forwarded", .info, "connect gets no Authorization header") { setup, expected in
      setup.proxies(expected).filter { $0.event == .connect }.compactMap { proxy in
        let lists = ["http_headers", "emulated_headers"].map { proxy.spot[$0] }
        guard !lists.flatMap(\.texts).contains(where: { $0.text.lowercased() == "authorization" }) else { return nil }
        return Remark(
          lists[0],
          why: "The service then finds a token in the client's data alone. Right if all clients send it there.",
          mend: #""http_headers": ["Authorization"], and for browsers "emulated_headers": ["Authorization"]"#)
      }
    },
  ]

  /// The parts of an HTTP endpoint's path.
  private static func path(of proxy: HookProxy) -> [Substring] {
    let text = proxy.endpoint.text
    let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
    return Array(rest.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").dropFirst())
  }

  /// An HTTP endpoint's scheme and authority.
  private static func base(of proxy: HookProxy) -> String {
    (proxy.endpoint.text.hasPrefix("https://") ? "https://" : "http://") + proxy.authority
  }

  private static func withoutMeta(
    _ event: HookEvent, _ setup: Setup, _ expected: SetupExpectations, why: String
  ) -> [Remark] {
    setup.proxies(expected).filter { $0.event == event }.map { $0.spot["include_connection_meta"] }
      .filter { !$0.isOn }.map { Remark($0, why: why, mend: #"In that proxy: "include_connection_meta": true"#) }
  }
}
