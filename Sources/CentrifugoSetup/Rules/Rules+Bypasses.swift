// What namespaces let a client do without a hook: "What goes past the hooks", entries 2, 4, 5 and 6.
extension Rule {
  static let bypasses: [Rule] = [
    Rule("open-subscribe", .critical, "Clients subscribe without the subscribe hook") { setup, expected in
      flags(["allow_subscribe_for_client"], setup, expected) { !isSubscribeDecided($0) }.map { options, flag in
        Remark(
          flag,
          why:
            "Whoever is connected listens to \(options.channels): members or not, banned or not, and nobody asks again.",
          mend: #"Remove it; where clients are to subscribe, "subscribe_proxy_enabled": true."#)
      }
    },
    Rule("user-limited-channels", .critical, "A # in a channel's name stands for the subscribe hook") {
      setup, expected in
      flags(["allow_user_limited_channels"], setup, expected) { _ in true }.map { options, flag in
        Remark(
          flag,
          why:
            "For a channel with a # Centrifugo does not call the subscribe hook: who is named behind the # is let in, and "
            + "every client can make up a name with its own user behind it.",
          mend: "Remove it.")
      }
    },
    Rule("open-publish", .critical, "Clients publish without the publish hook") { setup, expected in
      flags(["allow_publish_for_client", "allow_publish_for_subscriber"], setup, expected) { !isPublishDecided($0) }
        .map { options, flag in
          Remark(
            flag,
            why:
              "What \(flag.path.hasSuffix("subscriber") ? "a subscriber" : "any client") publishes in \(options.channels) "
              + "goes straight to all listeners: not stored, not limited, and in any form.",
            mend: #"Remove it; where clients are to publish, "publish_proxy_enabled": true."#)
        }
    },
    Rule("open-map", .critical, "Clients write or remove keys of a map without a hook") { setup, expected in
      setup.channelOptions(expected).flatMap { options in
        [("publish", "write"), ("remove", "remove")].flatMap { verb, english in
          let map = options["map"]
          guard !map["\(verb)_proxy_enabled"].isOn else { return [Remark]() }
          return ["client", "subscriber"].map { map["allow_\(verb)_for_\($0)"] }.filter(\.isOn).map { flag in
            Remark(
              flag,
              why: "Map publications have flags of their own, which no publish hook guards: clients \(english) keys in "
                + "\(options.channels) as they like.",
              mend: "Remove it. The service has no maps.")
          }
        }
      }
    },
    Rule("history-for-client", .critical, "Every client reads a channel's history") { setup, expected in
      flags(["allow_history_for_client"], setup, expected, where: \.hasHistory).map { options, flag in
        Remark(
          flag,
          why: "No hook guards history, and no subscription is needed: whoever is connected reads the last messages of "
            + "\(options.channels) by their names, also after being removed.",
          mend: "Remove it. Members read by chat:history.")
      }
    },
    Rule("history-for-subscriber", .medium, "Subscribers read Centrifugo's history") { setup, expected in
      flags(["allow_history_for_subscriber"], setup, expected, where: \.hasHistory).map { options, flag in
        Remark(
          flag,
          why:
            "A subscriber reads Centrifugo's copies past the service: what was deleted or edited meanwhile is in them as it "
            + "was, and no rate limit holds.",
          mend: "Remove it. Members read by chat:history; recovery works without it.")
      }
    },
    Rule("presence-for-client", .critical, "Every client sees who listens") { setup, expected in
      flags(["allow_presence_for_client"], setup, expected) { $0["presence"].isOn }.map { options, flag in
        Remark(
          flag,
          why:
            "No hook guards presence, and no subscription is needed: whoever is connected gets the users that listen to "
            + "\(options.channels), with their connections' info.",
          mend: "Remove it. Members ask chat:presence.")
      }
    },
    Rule("presence-for-subscriber", .medium, "Subscribers ask Centrifugo who listens") { setup, expected in
      flags(["allow_presence_for_subscriber"], setup, expected) { $0["presence"].isOn }.map { options, flag in
        Remark(
          flag,
          why:
            "A subscriber gets the users that listen, with their connections' info, past the service: chat:presence, its "
            + "rules and its rate limit are not asked.",
          mend: "Remove it. Members ask chat:presence.")
      }
    },
    Rule("idle-allow-flag", .low, "A flag that lets clients past a hook, without effect so far") { setup, expected in
      setup.channelOptions(expected).flatMap { options in
        idleFlags(of: options).map { flag, until in
          Remark(
            flag, why: "Without effect now; it lets clients past the service as soon as \(until).", mend: "Remove it.")
        }
      }
    },
  ]

  private static func flags(
    _ keys: [String], _ setup: Setup, _ expected: SetupExpectations, where holds: (ChannelOptions) -> Bool
  ) -> [(ChannelOptions, Spot)] {
    setup.channelOptions(expected).filter(holds).flatMap { options in
      keys.map { options[$0] }.filter(\.isOn).map { (options, $0) }
    }
  }

  private static func isSubscribeDecided(_ options: ChannelOptions) -> Bool {
    options["subscribe_proxy_enabled"].isOn || options["subscribe_stream_proxy_enabled"].isOn
  }

  private static func isPublishDecided(_ options: ChannelOptions) -> Bool {
    options["publish_proxy_enabled"].isOn || options["subscribe_stream_proxy_enabled"].isOn
  }

  /// Flags that are on and do nothing, each with what would let them.
  private static func idleFlags(of options: ChannelOptions) -> [(Spot, String)] {
    var idle: [(String, Bool, String)] = [
      ("allow_subscribe_for_client", isSubscribeDecided(options), "the namespace's subscribe hook is switched off"),
      ("allow_history_for_client", !options.hasHistory, "the namespace gets a history"),
      ("allow_history_for_subscriber", !options.hasHistory, "the namespace gets a history"),
      ("allow_presence_for_client", !options["presence"].isOn, "the namespace gets presence"),
      ("allow_presence_for_subscriber", !options["presence"].isOn, "the namespace gets presence"),
    ]
    for whom in ["client", "subscriber"] {
      idle.append(
        ("allow_publish_for_\(whom)", isPublishDecided(options), "the namespace's publish hook is switched off"))
    }
    for verb in ["subscribe", "publish", "history", "presence"] {
      let wider = ["client", "subscriber"].map { options["allow_\(verb)_for_\($0)"].isOn }
      idle.append(
        ("allow_\(verb)_for_anonymous", !wider.contains(true), "its allow_\(verb)_for_client is switched on too"))
    }
    return idle.filter { options[$0.0].isOn && $0.1 }.map { (options[$0.0], $0.2) }
  }
}
