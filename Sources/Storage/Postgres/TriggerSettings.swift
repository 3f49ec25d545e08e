public import Auth

/// What the database's triggers know of Centrifugo's configuration: the one row of `proxyhooks.trigger_settings`.
public struct TriggerSettings: Hashable, Sendable {
  /// The channels' namespaces.
  public var channelNames: Channel.Namespaces
  /// The outbox's partitions for messages, 1 to 64; with that of commands they are Centrifugo's `num_partitions`.
  public var messagePartitions: Int

  /// What triggers are to know.
  public init(channelNames: Channel.Namespaces = .standard, messagePartitions: Int = 1) {
    self.channelNames = channelNames
    self.messagePartitions = messagePartitions
  }

  /// Writes it, and returns whether that changed anything. The namespaces' grammar leaves nothing to quote.
  func write(_ connection: PostgresConnection, by deadline: Deadline) throws(StorageError) -> Bool {
    let values = "('\(channelNames.match)', '\(channelNames.user)', \(messagePartitions))"
    return try connection.run(
      script: """
        update proxyhooks.trigger_settings set (match_namespace, user_namespace, message_partitions) = \(values)
         where (match_namespace, user_namespace, message_partitions) is distinct from \(values) returning true
        """, by: deadline
    ).rowCount > 0
  }

  /// Refuses a database whose triggers would speak to other channels than the hooks do.
  static func check(_ connection: PostgresConnection, is names: Channel.Namespaces, by deadline: Deadline)
    throws(StorageError)
  {
    let row = try connection.run(
      script: "select match_namespace, user_namespace from proxyhooks.trigger_settings", by: deadline)
    guard row.rowCount == 1, row.text(0, 0) == names.match, row.text(0, 1) == names.user else {
      throw StorageError(.refused, serverCode: "namespaces_differ")
    }
  }
}
