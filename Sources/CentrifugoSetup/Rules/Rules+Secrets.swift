// The secret, and what clients can write: "What goes past the hooks", entries 7, 8 and 12.
extension Rule {
  static let secrets: [Rule] = [
    Rule("secret-missing", .high, "A hook is called without the secret") { setup, expected in
      setup.proxies(expected).filter {
        $0.event.isServed && ($0.isHTTP || $0.isGRPC) && secret(of: $0, expected) == nil
      }
      .map { proxy in
        let name = proxy.isHTTP ? expected.secretHeader : expected.secretHeader.lowercased()
        return Remark(
          proxy.fixed,
          why: proxy.isHTTP
            ? "The service answers 401 to whoever does not show its secret in \(name)."
            : "The service answers UNAUTHENTICATED to whoever does not show its secret in the metadata \(name).",
          mend: #"{"\#(name)": "${CENTRIFUGO_VAR_PROXYHOOKS_SECRET}"}"#)
      }
    },
    Rule("secret-empty", .high, "The secret is empty or too short") { setup, expected in
      setup.proxies(expected).filter(\.event.isServed).compactMap { secret(of: $0, expected) }.compactMap { spot in
        guard let text = Variables.filled(spot.text, setup.environment), text.utf8.count < 16 else { return nil }
        return Remark(
          spot,
          why:
            "The service has a secret of at least 16 characters, and turns this one away. checkconfig does not notice.",
          mend: "The value of PROXYHOOKS_SECRET, by ${CENTRIFUGO_VAR_PROXYHOOKS_SECRET}.")
      }
    },
    Rule("secret-twice", .high, "The secret is sent twice") { setup, expected in
      setup.proxies(expected).filter(\.isGRPC).compactMap { proxy in
        let name = expected.secretHeader.lowercased()
        guard proxy.fixed.headers.contains(where: { $0.name.lowercased() == name }),
          proxy.credentials.contains(where: { $0.name.lowercased() == name })
        else { return nil }
        return Remark(
          proxy.block["credentials_key"],
          why:
            "Credentials do not replace static metadata of the same name but stand beside it. Of two secrets the service "
            + "takes none: each call fails.",
          mend: "Remove credentials_key and credentials_value.")
      }
    },
    Rule("secret-replaceable", .critical, "A client can put its own value in place of the secret") { setup, expected in
      setup.proxies(expected).flatMap { proxy in
        let fixed = Set(proxy.fixedHeaders.map { $0.name.lowercased() } + [expected.secretHeader.lowercased()])
        return (transported(by: proxy) + emulated(by: proxy)).filter { fixed.contains($0.text.lowercased()) }.map {
          name in
          Remark(
            name,
            why:
              "What a client sends under this name takes the place of the static value, or stands beside gRPC's credentials. "
              + "With a wrong secret the client makes its own calls fail, and a refresh or sub_refresh that fails keeps it in "
              + "for 60 s more, each time.",
            mend: "Remove it from this list.")
        }
      }
    },
    Rule("refresh-forwards", .high, "A client can make its own refresh fail") { setup, expected in
      setup.proxies(expected).filter { [.refresh, .subRefresh].contains($0.event) }.flatMap { proxy in
        let fixed = Set(proxy.fixedHeaders.map { $0.name.lowercased() } + [expected.secretHeader.lowercased()])
        // An edge writes the address over what the client sent.
        let names = transported(by: proxy).filter { !isAddress($0.text, expected) } + emulated(by: proxy)
        return names.filter { !fixed.contains($0.text.lowercased()) }.map { name in
          Remark(
            name,
            why:
              "A value that can't be sent on makes the call fail: one that is too long, an emulated one with a line break, over "
              + "gRPC any letter that is no ASCII. A refresh or sub_refresh that fails keeps the client in for 60 s more, each "
              + "time, banned or removed. The service reads headers at connect.",
            mend: "Remove it from this list.")
        }
      }
    },
    Rule("idle-metadata", .low, "grpc_metadata forwards nothing") { setup, expected in
      setup.proxies(expected).flatMap { proxy in
        proxy.spot["grpc_metadata"].texts.compactMap { name in
          if !setup["uni_grpc.enabled"].isOn {
            return Remark(
              name,
              why:
                "It names what clients of uni_grpc send, which is off; what other clients send is forwarded by http_headers, "
                + "over gRPC too.",
              mend: "Remove it, or move it to http_headers.")
          }
          guard name.text != name.text.lowercased() else { return nil }
          return Remark(
            name,
            why: "Metadata has its keys in small letters, and Centrifugo compares them with this as it is written.",
            mend: "\"\(name.text.lowercased())\"")
        }
      }
    },
    Rule("emulated-address", .high, "A client can write its own address") { setup, expected in
      emulated(setup, expected).filter { isAddress($0.text, expected) }.map { name in
        Remark(
          name,
          why:
            "Emulated headers are what a client writes into its connect command, past every edge: it chooses the address "
            + "that limits and logs go by.",
          mend: "Remove it here; in http_headers the edge can set it.")
      }
    },
    Rule("emulated-header", .low, "A header comes from the client, whatever the edge does") { setup, expected in
      emulated(setup, expected).filter { name in
        let text = name.text.lowercased()
        return text != "authorization" && text != expected.secretHeader.lowercased() && !isAddress(text, expected)
      }.map { name in
        Remark(
          name,
          why: "Emulated headers are what a client writes into its connect command, past every edge. The service reads "
            + "Authorization alone among them.",
          mend: "Remove it.")
      }
    },
    Rule("forwarded-header", .info, "A header is as good as the edge in front of Centrifugo") { setup, expected in
      setup.proxies(expected).flatMap { transported(by: $0) }.filter { isAddress($0.text, expected) }.map { name in
        Remark(
          name,
          why:
            "Right only if every request comes through an edge that sets \(name.text) itself, over what the client sent: "
            + "connect's limit for each address goes by it.",
          mend: "Let the edge overwrite it, and let nobody reach Centrifugo past the edge.")
      }
    },
    Rule("unset-variable", .medium, "A variable is used that the environment has not") { setup, _ in
      guard let environment = setup.environment else { return [] }
      return headers(in: setup).flatMap { spot in
        Variables.names(in: spot.text).filter { environment[$0] == nil }.map { name in
          Remark(spot, why: "\(name) is not in the environment given: Centrifugo does not start.", mend: "Set \(name).")
        }
      }
    },
    Rule("literal-variable", .high, "A variable is not filled in") { setup, _ in
      let fillable = Set(headers(in: setup).map(\.path))
      return strings(in: setup.root).filter { spot in
        guard !spot.path.hasSuffix("channel_regex"), spot.text.contains("${") else { return false }
        return !fillable.contains(spot.path) || Variables.removed(from: spot.text).contains("${")
      }.map { spot in
        Remark(
          spot,
          why:
            "Centrifugo fills in ${CENTRIFUGO_VAR_…} alone, and in static headers and metadata alone. Here the text itself "
            + "is the value, for everybody to read.",
          mend: fillable.contains(spot.path)
            ? "Begin the variable's name with CENTRIFUGO_VAR_."
            : "Remove it, and set the key's own variable: its path in capitals, as CENTRIFUGO_HTTP_API_KEY.")
      }
    },
    Rule("secret-in-file", .low, "A secret stands in the file") { setup, expected in
      let keys = [
        "http_api.key", "grpc_api.key", "admin.password", "admin.secret", "engine.redis.password",
        "broker.redis.password",
        "presence_manager.redis.password", "client.token.hmac_secret_key", "client.subscription_token.hmac_secret_key",
        "shared_poll.hmac_secret_key",
      ]
      let consumers = setup["consumers"].elements.map { $0["postgresql"]["dsn"] }.filter { DSN.hasPassword($0.text) }
      let secrets = setup.proxies(expected).compactMap { secret(of: $0, expected) }
      return (keys.map { setup[$0] } + consumers + secrets).filter { spot in
        guard case .file = spot.origin else { return false }
        return !spot.text.isEmpty && !spot.text.contains("${")
      }.map { spot in
        Remark(
          spot, why: "Whoever reads the file, a copy of it or its repository has it.",
          mend: "Leave it to the environment: a header's by ${CENTRIFUGO_VAR_…}, others by their own variable.")
      }
    },
  ]

  /// The names of what is sent on of a client's request: of an edge's, where there is one. Metadata's are compared as they
  /// are written.
  private static func transported(by proxy: HookProxy) -> [Spot] {
    proxy.spot["http_headers"].texts
      + proxy.spot["grpc_metadata"].texts.filter { $0.text == $0.text.lowercased() }
  }

  /// The names of what is sent on of a client's connect command.
  private static func emulated(by proxy: HookProxy) -> [Spot] { proxy.spot["emulated_headers"].texts }

  /// The place of the secret's value; nil where none is sent.
  private static func secret(of proxy: HookProxy, _ expected: SetupExpectations) -> Spot? {
    proxy.fixedHeaders.last { $0.name.lowercased() == expected.secretHeader.lowercased() }?.value
  }

  private static func emulated(_ setup: Setup, _ expected: SetupExpectations) -> [Spot] {
    setup.proxies(expected).flatMap { emulated(by: $0) }
  }

  /// Whether a header says where a client is.
  private static func isAddress(_ name: String, _ expected: SetupExpectations) -> Bool {
    let name = name.lowercased()
    return name == expected.addressHeader?.lowercased()
      || ["x-real-ip", "x-forwarded-for", "forwarded", "true-client-ip", "cf-connecting-ip", "x-client-ip"].contains(
        name)
  }

  /// The values of all static headers and metadata, of proxies in use or not: Centrifugo fills in all of them.
  private static func headers(in setup: Setup) -> [Spot] {
    let own = HookEvent.allCases.map { setup[$0.path] }
    return (own + setup["proxies"].elements).flatMap { proxy in
      (proxy["http"]["static_headers"].headers + proxy["grpc"]["static_metadata"].headers).map(\.value)
    }
  }

  private static func strings(in spot: Spot) -> [Spot] {
    switch spot.value?.content {
    case .string: [spot]
    case .object(let members): members.flatMap { strings(in: spot[$0.key]) }
    case .array: spot.elements.flatMap { strings(in: $0) }
    default: []
    }
  }
}

/// `${CENTRIFUGO_VAR_…}` in values.
enum Variables {
  /// The variables that a value names.
  static func names(in text: String) -> [String] {
    parts(of: text).compactMap { $0.isVariable ? String($0.text) : nil }
  }

  /// The value with its variables filled in; nil where one is not known.
  static func filled(_ text: String, _ environment: [String: String]?) -> String? {
    var result = ""
    for part in parts(of: text) {
      if !part.isVariable {
        result += part.text
      } else if let value = environment?[String(part.text)] {
        result += value
      } else {
        return nil
      }
    }
    return result
  }

  /// The value without its variables.
  static func removed(from text: String) -> String {
    parts(of: text).filter { !$0.isVariable }.map { String($0.text) }.joined()
  }

  private static func parts(of text: String) -> [(text: Substring, isVariable: Bool)] {
    let opening = "${CENTRIFUGO_VAR_"
    var parts: [(Substring, Bool)] = []
    var rest = text[...]
    while let start = rest.firstRange(of: opening), let end = rest[start.upperBound...].firstIndex(of: "}"),
      end > start.upperBound
    {
      parts.append((rest[..<start.lowerBound], false))
      parts.append((rest[rest.index(start.lowerBound, offsetBy: 2)..<end], true))
      rest = rest[rest.index(after: end)...]
    }
    parts.append((rest, false))
    return parts
  }
}

/// PostgreSQL's connection strings.
enum DSN {
  /// Whether a password is in it: `scheme://user:password@host` or `password=`.
  static func hasPassword(_ text: String) -> Bool {
    if text.lowercased().contains("password=") { return true }
    guard let scheme = text.firstRange(of: "://") else { return false }
    let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    guard let at = authority.lastIndex(of: "@") else { return false }
    return authority[..<at].contains(":")
  }
}
