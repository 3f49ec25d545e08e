// What the hooks need of namespaces.
extension Rule {
  static let namespaces: [Rule] = [
    Rule("room-namespace-missing", .high, "There is no namespace for rooms") { setup, expected in
      guard setup.rooms(expected) == nil else { return [] }
      return [
        Remark(
          setup["channel.namespaces"],
          why:
            "Rooms are called \(expected.roomNamespace):<match>. Without that namespace every subscribe and publish fails "
            + "with error 102.",
          mend: "Add a namespace \"\(expected.roomNamespace)\" to channel.namespaces, with the three hooks on.")
      ]
    },
    Rule("personal-namespace-missing", .high, "There is no namespace for personal channels") { setup, expected in
      guard setup.personalChannels(expected) == nil else { return [] }
      return [
        Remark(
          setup["channel.namespaces"],
          why:
            "The connect hook gives everybody the channel \(expected.personalNamespace):<user>. Without that namespace "
            + "Centrifugo refuses every connection with error 102, and drops what the outbox publishes there.",
          mend: "Add a namespace \"\(expected.personalNamespace)\" to channel.namespaces, with a history and recovery.")
      ]
    },
    Rule("rpc-namespace-missing", .high, "There is no namespace for the service's rpc methods") { setup, expected in
      let names = Set(setup["rpc.namespaces"].elements.map { $0["name"].text })
      return expected.rpcNamespaces.filter { !names.contains($0) }.map { name in
        Remark(
          setup["rpc.namespaces"],
          why: "The methods \(name):… reach no hook: Centrifugo answers each with an error.",
          mend: #"Add {"name": "\#(name)", "proxy_enabled": true} to rpc.namespaces."#)
      }
    },
    Rule("subscribe-hook-off", .high, "The subscribe hook is off for rooms") { setup, expected in
      roomHook("subscribe", setup, expected, why: "Nobody can listen to a room, or everybody where a flag allows it.")
    },
    Rule("publish-hook-off", .high, "The publish hook is off for rooms") { setup, expected in
      roomHook("publish", setup, expected, why: "Nobody can write in a room, or everybody where a flag allows it.")
    },
    Rule("sub-refresh-hook-off", .high, "Subscriptions are not looked at again") { setup, expected in
      roomHook(
        "sub_refresh", setup, expected,
        why:
          "The subscribe hook gives each subscription an end. Without sub_refresh Centrifugo waits for a token that no "
          + "client has, and ends the subscription when none comes.")
    },
    Rule("rpc-hook-off", .high, "The rpc hook is off for the service's methods") { setup, expected in
      setup["rpc.namespaces"].elements.filter { expected.rpcNamespaces.contains($0["name"].text) }
        .map { $0["proxy_enabled"] }.filter { !$0.isOn }.map { flag in
          Remark(
            flag, why: "Centrifugo answers each of these methods with error 108, not available.",
            mend: #"In that namespace: "proxy_enabled": true"#)
        }
    },
    Rule("unserved-hook", .high, "A hook is on that the service does not serve") { setup, expected in
      setup.proxies(expected).filter { !$0.event.isServed }.map { proxy in
        Remark(
          proxy.user,
          why:
            "The service has no \(proxy.event.rawValue) hook and refuses each call, or the call fails; in a namespace with a "
            + "subscribe stream nothing else is asked.",
          mend: "Remove it.")
      }
    },
    Rule("subscription-type", .high, "A namespace is of a kind that the hooks do not guard") { setup, expected in
      setup.channelOptions(expected).map { $0["subscription_type"] }
        .filter { !["", "stream"].contains($0.text) }.map { type in
          Remark(
            type,
            why: type.text == "shared_poll"
              ? "Which keys a client may follow is decided by a signature that Centrifugo checks: the service is not asked."
              : "Only subscriptions of this type are let in; those of the SDKs that rooms are made for are refused with "
                + "error 103.",
            mend: "Remove it, or set \"stream\".")
        }
    },
    Rule("channel-syntax", .high, "Channels are taken apart in another way than the service does") { setup, expected in
      var remarks: [Remark] = []
      for path in ["channel.namespace_boundary", "rpc.namespace_boundary"] {
        let boundary = setup[path]
        guard !boundary.text.isEmpty, boundary.text != ":" else { continue }
        remarks.append(
          Remark(
            boundary,
            why:
              "The service's channels and methods have a : behind their namespace. With another boundary they belong to "
              + "none, and `without_namespace` says what is allowed.",
            mend: #"Remove it; the default is ":"."#))
      }
      let prefix = setup["channel.private_prefix"]
      let names = [expected.roomNamespace, expected.personalNamespace]
      if !prefix.text.isEmpty, names.contains(where: { $0.hasPrefix(prefix.text) }) {
        remarks.append(
          Remark(
            prefix,
            why: "Centrifugo asks for a subscription token for every channel that begins so, which the service's do.",
            mend: #"Remove it; the default is "$"."#))
      }
      return remarks
    },
    Rule("short-channels", .medium, "Some channels' names are too long for Centrifugo") { setup, expected in
      let limit = setup["channel.max_length"]
      let longest = max(expected.roomNamespace.utf8.count, expected.personalNamespace.utf8.count) + 1 + 64
      guard limit.integer > 0, limit.integer < longest else { return [] }
      return [
        Remark(
          limit,
          why:
            "Ids have up to 64 characters, so the service's channels up to \(longest). Longer ones than this limit are "
            + "refused as a bad request.",
          mend: "Remove it (the default is 255), or set at least \(longest).")
      ]
    },
    Rule("loose-channel-regex", .low, "A pattern of names lets more through than it keeps out") { setup, expected in
      guard let room = setup.rooms(expected), case let pattern = room["channel_regex"], !pattern.text.isEmpty,
        let regex = try? Regex(pattern.text)
      else { return [] }
      let foreign = ["a#b", "a:b", "a,b", "*", "a b", "é"]
      guard let name = foreign.first(where: { (try? regex.firstMatch(in: $0)) != nil }) else { return [] }
      return [
        Remark(
          pattern,
          why:
            "A channel_regex stands in place of Centrifugo's own check for ASCII. This one lets \(name) through, which is no "
            + "id of the service; only the hook still refuses it.",
          mend: #"Remove it, or write "^[A-Za-z0-9._@-]{1,64}$"."#)
      ]
    },
    Rule("no-presence", .low, "Nobody is seen to listen") { setup, expected in
      guard let room = setup.rooms(expected), case let flag = room["presence"], !flag.isOn else { return [] }
      return [
        Remark(
          flag, why: "chat:presence asks Centrifugo who listens to a room, which it does not know without this.",
          mend: #"In the rooms' namespace: "presence": true"#)
      ]
    },
    Rule("rpc-ping", .high, "Centrifugo answers a method of the service itself") { setup, expected in
      let ping = setup["rpc.ping"]
      guard ping["enabled"].isOn, case let method = ping["method"],
        expected.rpcNamespaces.contains(where: { method.text.hasPrefix($0 + ":") })
      else { return [] }
      return [
        Remark(
          method, why: "Centrifugo answers \(method.text) with nothing before any hook is asked.",
          mend: "Remove rpc.ping.method; the default is ping.")
      ]
    },
  ]

  private static func roomHook(
    _ event: String, _ setup: Setup, _ expected: SetupExpectations, why: String
  ) -> [Remark] {
    guard let room = setup.rooms(expected), case let flag = room["\(event)_proxy_enabled"], !flag.isOn else {
      return []
    }
    return [Remark(flag, why: why, mend: "In the rooms' namespace: \"\(event)_proxy_enabled\": true")]
  }
}
