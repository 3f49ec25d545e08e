// Who is let in: "What goes past the hooks", entries 1, 3, 4, 9 and 10.
extension Rule {
  static let connecting: [Rule] = [
    Rule("connect-hook-off", .critical, "The service is not asked who connects") { setup, _ in
      let enabled = setup["client.proxy.connect.enabled"]
      guard !enabled.isOn else { return [] }
      return [
        Remark(
          enabled,
          why:
            "Without the connect hook Centrifugo itself decides who is let in: by a token's signature, anonymously or "
            + "nobody. No ban, no revoked token and no limit is looked at, and nobody gets a personal channel.",
          mend: #"In client.proxy.connect: "enabled": true"#)
      ]
    },
    Rule("connection-token-key", .critical, "Centrifugo has a key of connection tokens") { setup, _ in
      keys(of: setup["client.token"]).map { key in
        let subscriptions =
          setup["client.subscription_token.enabled"].isOn
          ? "" : " A subscription token of this key skips the subscribe hook in the same way."
        return Remark(
          key,
          why:
            "A client that connects with a token of this key is let in without the connect hook, and into the channels "
            + "that the token names without the subscribe hook.\(subscriptions)",
          mend: "Remove it. The service checks tokens itself; its keys are PROXYHOOKS_TOKEN_… settings.")
      }
    },
    Rule("subscription-token-key", .critical, "Centrifugo has a key of subscription tokens") { setup, _ in
      let section = setup["client.subscription_token"]
      guard section["enabled"].isOn else { return [] }
      return keys(of: section).map { key in
        Remark(
          key,
          why: "A client that subscribes with a token of this key is let in without the subscribe hook.",
          mend: "Remove client.subscription_token.")
      }
    },
    Rule("unverified-tokens", .critical, "Tokens are good without a signature") { setup, _ in
      let flag = setup["client.insecure_skip_token_signature_verify"]
      guard flag.isOn else { return [] }
      return [
        Remark(
          flag,
          why:
            "Centrifugo takes every token for good, whoever wrote it. A client that writes one connects as whom it likes, "
            + "without the connect hook, and subscribes where it likes, without the subscribe hook.",
          mend: "Remove it.")
      ]
    },
    Rule("token-unbound", .medium, "Centrifugo takes tokens that were made for others") { setup, _ in
      let subscriptions = setup["client.subscription_token"]
      return [setup["client.token"], subscriptions["enabled"].isOn ? subscriptions : nil].compactMap { $0 }
        .filter { !keys(of: $0).isEmpty }
        .compactMap { section in
          let unset = ["audience", "issuer"].filter { section[$0].text.isEmpty && section["\($0)_regex"].text.isEmpty }
          guard let first = unset.first else { return nil }
          return Remark(
            section[first],
            why:
              "Centrifugo checks a token's \(unset.joined(separator: " and ")) only where it is told what to expect: a "
              + "token that the same key signed for another service connects here.",
            mend: "Remove the key. If Centrifugo has to have it, set \(unset.joined(separator: " and ")).")
        }
    },
    Rule("insecure-client", .critical, "Every client may do everything") { setup, _ in
      let flag = setup["client.insecure"]
      guard flag.isOn else { return [] }
      return [
        Remark(
          flag,
          why:
            "Whatever no hook decides is allowed: history and presence of every channel, and subscribing and publishing "
            + "where a namespace asks no hook. Tokens do not expire, and who has none connects where connect is off.",
          mend: "Remove it.")
      ]
    },
    Rule("anonymous-connect", .critical, "Clients without a token are let in") { setup, _ in
      let flag = setup["client.allow_anonymous_connect_without_token"]
      guard flag.isOn else { return [] }
      return [
        Remark(
          flag,
          why:
            "Where the connect hook is off, or gives no result, a client is let in as the anonymous user, whom nobody "
            + "can ban.",
          mend: "Remove it.")
      ]
    },
    Rule("user-id-header", .high, "A header says who connects") { setup, _ in
      let header = setup["client.user_id_http_header"]
      guard !header.text.isEmpty else { return [] }
      return [
        Remark(
          header,
          why:
            "Where the connect hook is off or names no user, Centrifugo believes the header \(header.text). Unless the "
            + "edge strips it from every request, a client writes it and is whom it likes.",
          mend: "Remove it: the connect hook says who a client is.")
      ]
    },
    Rule("refresh-hook-off", .high, "Connections are not looked at again") { setup, _ in
      let enabled = setup["client.proxy.refresh.enabled"]
      guard !enabled.isOn else { return [] }
      return [
        Remark(
          enabled,
          why:
            "The connect hook gives each connection an end. Without the refresh hook Centrifugo waits for a token that it "
            + "would check itself, and closes the connection when none comes.",
          mend: #"In client.proxy.refresh: "enabled": true"#)
      ]
    },
    Rule("centrifugo-personal-channel", .medium, "Centrifugo opens personal channels of its own") { setup, _ in
      let flag = setup["client.subscribe_to_user_personal_channel.enabled"]
      guard flag.isOn else { return [] }
      return [
        Remark(
          flag,
          why:
            "Centrifugo subscribes everybody to a channel with # before the user's id: no hook is asked, the service's "
            + "outbox never publishes there, and it does not end that subscription. The connect hook gives personal "
            + "channels already.",
          mend: "Remove client.subscribe_to_user_personal_channel.")
      ]
    },
    Rule("any-origin", .medium, "Pages of every origin may connect") { setup, _ in
      setup["client.allowed_origins"].texts.filter { OriginPattern.isForEveryHost($0.text) }.map { origin in
        let cookies = setup["client.proxy.connect.http_headers"].texts.contains { $0.text.lowercased() == "cookie" }
        return Remark(
          origin,
          why: "Any page can open a connection in its visitor's browser. "
            + (cookies
              ? "connect forwards their cookies: whatever trusts these is open to cross-site requests."
              : "It needs a token to get in; if an edge lets requests in by their cookies, it gets in as the visitor."),
          mend: #"List your pages' origins: "allowed_origins": ["https://chat.example.org"]"#)
      }
    },
    Rule("loose-origin", .medium, "An origin's pattern matches the hosts of others") { setup, _ in
      setup["client.allowed_origins"].texts.compactMap { origin in
        guard let other = OriginPattern.foreignMatch(of: origin.text) else { return nil }
        return Remark(
          origin,
          why: "The * stands for any text: \(origin.text) matches \(other), which anybody can register.",
          mend: "End the pattern with the host, or :* for any port; begin the host with *. for any name under a domain."
        )
      }
    },
    Rule("no-origin", .info, "No browser can connect") { setup, _ in
      let origins = setup["client.allowed_origins"]
      guard origins.texts.allSatisfy({ $0.text.isEmpty }) else { return [] }
      return [
        Remark(
          origins,
          why:
            "Centrifugo refuses every request with an Origin, which is all that browsers send. Right if only native apps "
            + "connect.",
          mend: "If pages connect, list their origins, or set CENTRIFUGO_CLIENT_ALLOWED_ORIGINS.")
      ]
    },
  ]

  /// The keys in a token section that make Centrifugo accept tokens.
  private static func keys(of section: Spot) -> [Spot] {
    ["hmac_secret_key", "hmac_previous_secret_key", "rsa_public_key", "ecdsa_public_key", "jwks_public_endpoint"]
      .map { section[$0] }.filter { !$0.text.isEmpty }
  }
}
