// How the hooks are called: what makes calls fail, lack something or travel in clear.
extension Rule {
  static let calls: [Rule] = [
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
        $0.isGRPC && !$0.isLocal && !$0.isEncrypted
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
      setup.proxies(expected).map { $0.block["tls"] }
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
        let tls = proxy.block["tls"]
        guard tls["enabled"].isOn || keys.contains(where: { tls[$0].isThere }) else { return nil }
        if proxy.isHTTP, !proxy.isEncrypted {
          return Remark(
            tls, why: "The endpoint begins with http://, so that nothing is encrypted whatever stands here.",
            mend: "Let the endpoint begin with https://, or remove http.tls.")
        }
        guard !tls["enabled"].isOn else { return nil }
        return Remark(
          tls["enabled"],
          why: proxy.isHTTP
            ? "The rest of http.tls is ignored: the service's certificate must come from one of the system's roots, and "
              + "Centrifugo shows none."
            : "The rest of grpc.tls is ignored, and nothing is encrypted.",
          mend: #""enabled": true"#)
      }
    },
    Rule("idle-transport", .low, "Settings are those of the other transport") { setup, expected in
      setup.proxies(expected).filter { $0.isHTTP || $0.isGRPC }.compactMap { proxy in
        let (own, other) = proxy.isHTTP ? ("http", "grpc") : ("grpc", "http")
        guard proxy.spot[other].isThere, proxy.spot[other].value?.members?.isEmpty != true else { return nil }
        return Remark(
          proxy.spot[other],
          why:
            "The endpoint is called by \(proxy.isHTTP ? "HTTP" : "gRPC"), for which \(own) alone is read: no header, TLS or "
            + "transform of this block has any effect.",
          mend: "Move what is needed to \(own), and remove the rest.")
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
      setup.proxies(expected).filter { [.refresh, .subRefresh].contains($0.event) && $0.isHTTP }
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
          why:
            "The service then finds a token in the client's data alone. Right if all clients send it there. Over gRPC too "
            + "it is http_headers that forwards a client's headers.",
          mend: #""http_headers": ["Authorization"], and for browsers "emulated_headers": ["Authorization"]"#)
      }
    },
  ]

  private static func withoutMeta(
    _ event: HookEvent, _ setup: Setup, _ expected: SetupExpectations, why: String
  ) -> [Remark] {
    setup.proxies(expected).filter { $0.event == event }.map { $0.spot["include_connection_meta"] }
      .filter { !$0.isOn }.map { Remark($0, why: why, mend: #"In that proxy: "include_connection_meta": true"#) }
  }
}
