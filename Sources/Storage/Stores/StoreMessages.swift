import Auth

/// `proxyhooks.store_messages`: a batch of messages checked, numbered and stored in one statement.
enum StoreMessages: BatchStatement {
  struct Job: Sendable {
    let message: NewMessage
    let `guard`: Guard
    let delivery: Delivery
    let key = MessageID.random()
  }

  static let name = "store_messages"
  static let sql = """
    select place, match_state, role, has_left, is_muted, is_removed, is_banned, outcome, data, idempotency_key
      from proxyhooks.store_messages($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::float8[],
      $7::float8[], $8::uuid[], $9::boolean[], $10::text[])
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.message.match.text))
    parameters.append(uuids: batch.map(\.message.id))
    parameters.append(texts: batch.map(\.message.sender.text))
    parameters.append(texts: batch.map { $0.message.content.kind })
    parameters.append(texts: batch.map { $0.message.content.text })
    parameters.append(doubles: batch.map { $0.message.content.latitude })
    parameters.append(doubles: batch.map { $0.message.content.longitude })
    parameters.append(uuids: batch.map(\.key))
    parameters.append(bools: batch.map(\.delivery.isInOutbox))
    parameters.append(texts: batch.map(\.guard.text))
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> MessageStore.Outcome? {
    guard let facts = FactColumns.membership(result, row: row, from: 1), let fate = fate(result, row: row) else {
      return nil
    }
    return MessageStore.Outcome(facts: facts, fate: fate)
  }

  private static func fate(_ result: PostgresResult, row: Int) -> MessageStore.Outcome.Fate? {
    func message() -> MessageStore.StoredMessage? {
      guard let json = result.bytes(row, 8), let key = result.text(row, 9) else { return nil }
      return MessageStore.StoredMessage(json: Array(json), idempotencyKey: key)
    }
    switch result.text(row, 7) {
    case "s": return message().map { .stored($0) }
    case "r": return message().map { .repeated($0) }
    case "o": return message().map { .old($0) }
    case "c": return .conflict
    case "d": return .denied
    case "b": return .busy
    default: return nil
    }
  }
}
