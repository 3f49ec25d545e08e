// The outbox and recovery: what makes messages and ends of subscriptions arrive.
extension Rule {
  static let delivery: [Rule] = [
    Rule("consumer-missing", .high, "Nobody carries out what the outbox holds") { setup, _ in
      guard consumers(setup).isEmpty else { return [] }
      return [
        Remark(
          setup["consumers"],
          why:
            "No consumer of type postgresql is enabled. A removed or banned member goes on listening, personal channels stay "
            + "silent, and what the hook's reply does not broadcast is lost.",
          mend: "Add the consumer of centrifugo/config.json.")
      ]
    },
    Rule("consumer-table", .high, "The outbox's table is another") { setup, expected in
      guard !consumers(setup).contains(where: { isOurs($0, expected) }) else { return [] }
      return consumers(setup).map { $0["postgresql"]["outbox_table_name"] }.map { table in
        Remark(
          table, why: "The service writes into \(expected.outboxTable), which nobody reads.",
          mend: #""outbox_table_name": "\#(expected.outboxTable)""#)
      }
    },
    Rule("consumer-twice", .high, "Two consumers read the outbox") { setup, expected in
      consumers(setup).filter { isOurs($0, expected) }.dropFirst().map { consumer in
        Remark(
          consumer["name"],
          why:
            "Consumers keep out of each other's way by their names alone: these two carry out the same rows, twice and out "
            + "of order.",
          mend: "Remove one. Nodes share the work by consumers of the same name.")
      }
    },
    Rule("consumer-partitions", .high, "Some of the outbox's rows are never read") { setup, expected in
      let needed = expected.outboxPartitions + 1
      return ours(setup, expected).map { $0["num_partitions"] }.filter { max(1, $0.integer) < needed }.map { count in
        Remark(
          count,
          why:
            "The service writes into partitions 0 to \(needed - 1), of which 0 is for what must not wait behind messages. "
            + "Centrifugo reads those below num_partitions, and the others' rows lie there for ever.",
          mend: #""num_partitions": \#(needed), one more than PROXYHOOKS_OUTBOX_PARTITIONS"#)
      }
    },
    Rule("consumer-notification", .medium, "The outbox is polled alone") { setup, expected in
      ours(setup, expected).map { $0["partition_notification_channel"] }.filter { $0.text != expected.outboxChannel }
        .map { channel in
          Remark(
            channel,
            why:
              "The service wakes Centrifugo on the channel \(expected.outboxChannel). Without it messages and ends of "
              + "subscriptions wait for the next poll.",
            mend: #""partition_notification_channel": "\#(expected.outboxChannel)""#)
        }
    },
    Rule("consumer-poll", .medium, "A missed notification costs seconds") { setup, expected in
      ours(setup, expected).map { $0["partition_poll_interval"] }.filter { $0.duration > .seconds(5) }.map { interval in
        Remark(
          interval,
          why:
            "Notifications are lost while PostgreSQL's connection is down; then the outbox waits for \(interval.duration.text).",
          mend: #""partition_poll_interval": "300ms""#)
      }
    },
    Rule("consumer-dsn", .medium, "The outbox's consumer has no database") { setup, _ in
      consumers(setup).map { $0["postgresql"]["dsn"] }.compactMap { dsn in
        let isPlaceholder = dsn.text.hasPrefix("postgresql://set-by-environment")
        guard dsn.text.isEmpty || setup.environment != nil && isPlaceholder else { return nil }
        let variable = "CENTRIFUGO_CONSUMERS_\(environmentName(dsn.owner ?? "NAME"))_POSTGRESQL_DSN"
        return Remark(
          dsn,
          why: dsn.text.isEmpty
            ? "Centrifugo does not start, whatever the environment says: a consumer's dsn is checked with it."
            : "\(variable) is not in the environment given, and what stands here is a placeholder: Centrifugo does not start.",
          mend: "Set \(variable), and leave a placeholder here.")
      }
    },
    Rule("no-idempotency", .high, "Messages are broadcast twice") { setup, expected in
      guard expected.delivery == .guaranteed else { return [] }
      let broker = setup["broker"]
      var places: [(Spot, String)] = []
      if broker["enabled"].isOn {
        if broker["type"].text == "nats" { places.append((broker["type"], "The NATS broker")) }
        if broker["type"].text == "redis" {
          places.append((broker["redis"]["history_use_lists"], "History in Redis lists"))
        }
      } else if setup["engine.type"].text == "redis" {
        places.append((setup["engine.redis.history_use_lists"], "History in Redis lists"))
      }
      return places.filter { $0.0.isOn || $0.0.path == "broker.type" }.map { spot, what in
        Remark(
          spot,
          why: "\(what) knows no idempotency keys: what both the hook's reply and the outbox broadcast arrives twice"
            + (spot.path == "broker.type" ? ", and nothing can be recovered." : "."),
          mend: spot.path == "broker.type" ? "Use the redis, postgres or memory broker." : "Remove it.")
      }
    },
    Rule("room-recovery", .medium, "What a member of a room missed is not recovered") { setup, expected in
      guard let room = setup.rooms(expected), let missing = missingRecovery(room) else { return [] }
      return [
        Remark(
          missing,
          why:
            "After a connection was lost for a moment, an SDK recovers what was published meanwhile only from a history that "
            + "is kept and offered: history_size, history_ttl and force_recovery.",
          mend: #""history_size": 100, "history_ttl": "300s", "force_recovery": true"#)
      ]
    },
    Rule("personal-recovery", .high, "What somebody missed on a personal channel is lost") { setup, expected in
      guard let personal = setup.personalChannels(expected), let missing = missingRecovery(personal) else { return [] }
      return [
        Remark(
          missing,
          why:
            "What is published on a personal channel while its user is away is recovered from its history alone, and nothing "
            + "else keeps it: history_size, history_ttl and force_recovery.",
          mend: #""history_size": 100, "history_ttl": "24h", "force_recovery": true"#)
      ]
    },
    Rule("cache-recovery", .high, "Of what was missed only the last is recovered") { setup, expected in
      [setup.rooms(expected), setup.personalChannels(expected)].compactMap { $0?["force_recovery_mode"] }
        .filter { $0.text == "cache" }.map { mode in
          Remark(
            mode, why: "In this mode an SDK that was away gets the latest publication and none of those before it.",
            mend: "Remove it; the default is stream.")
        }
    },
  ]

  /// The consumers of an outbox that are on.
  private static func consumers(_ setup: Setup) -> [Spot] {
    setup["consumers"].elements.filter { $0["enabled"].isOn && $0["type"].text == "postgresql" }
  }

  private static func isOurs(_ consumer: Spot, _ expected: SetupExpectations) -> Bool {
    consumer["postgresql"]["outbox_table_name"].text.filter { $0 != "\"" } == expected.outboxTable
  }

  /// The settings of those that read the service's outbox; of all, where none names its table.
  private static func ours(_ setup: Setup, _ expected: SetupExpectations) -> [Spot] {
    let all = consumers(setup)
    let named = all.filter { isOurs($0, expected) }
    return (named.isEmpty ? all : named).map { $0["postgresql"] }
  }

  private static func environmentName(_ name: String) -> String {
    name.uppercased().replacing(".", with: "_").replacing("-", with: "_")
  }

  /// The first key that recovery lacks.
  private static func missingRecovery(_ options: ChannelOptions) -> Spot? {
    if options["history_size"].integer <= 0 { return options["history_size"] }
    if options["history_ttl"].duration <= .zero { return options["history_ttl"] }
    return options["force_recovery"].isOn ? nil : options["force_recovery"]
  }
}
