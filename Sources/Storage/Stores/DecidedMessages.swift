import Auth

/// A batch of messages whose fates are decided, on facts that were read under their rooms' locks: nobody can number, store or
/// repeat in these rooms before they are written. A removal that is committed after the facts were read comes after the message.
///
/// `proxyhooks.store_messages`, with which an app stores what it had before, decides alike; the suite "Storing here and in SQL"
/// holds that.
struct DecidedMessages {
  /// Each message's outcome, in the batch's order.
  let outcomes: [MessageStore.Outcome]
  /// What ``MessageStatement/write`` takes; nil where nothing is to be stored.
  let rows: PostgresParameters?

  /// How old a message is at most whose key Centrifugo still knows: it remembers one for five minutes
  /// (`idempotent_result_ttl`), and a minute is for the way there. In microseconds.
  private static let keyLife: Int64 = 4 * 60 * 1_000_000

  private typealias Column = MessageStatement.Column

  /// Decides.
  ///
  /// - Parameters:
  ///   - lockedRooms: what ``MessageStatement/lock`` returned.
  ///   - facts: what ``MessageStatement/read`` returned; nil is made of rows that it can't return.
  init?(_ batch: [MessageWorker.Job], lockedRooms: PostgresResult, facts: PostgresResult) {
    guard facts.rowCount == batch.count, let now = facts.integer(0, Column.now) else { return nil }
    let locked = Set((0..<lockedRooms.rowCount).compactMap { lockedRooms.text($0, 0) })
    var outcomes = [MessageStore.Outcome?](repeating: nil, count: batch.count)
    var rowOf = [Int?](repeating: nil, count: batch.count)
    for row in 0..<facts.rowCount {
      guard let place = facts.integer(row, Column.place), (1...Int64(batch.count)).contains(place),
        rowOf[Int(place) - 1] == nil
      else { return nil }
      rowOf[Int(place) - 1] = row
    }

    var seen: Set<MessageID> = []
    var last: [MatchID: Int64] = [:]
    var new: [(job: MessageWorker.Job, seq: Int64, period: Int32)] = []
    var broadcasts: [(match: MatchID, rest: [UInt8])] = []
    for (place, job) in batch.enumerated() {
      let match = job.message.match
      let isFirst = seen.insert(job.message.id).inserted
      guard let row = rowOf[place], let membership = FactColumns.membership(facts, row: row, from: Column.facts),
        let passes = facts.bool(row, Column.passes)
      else { return nil }
      let fate: MessageStore.Outcome.Fate
      // Who does not pass is denied whether or not the room is held: a stranger must not learn that there is one.
      if !passes || facts.integer(row, Column.period) == nil {
        fate = .denied
      } else if !locked.contains(match.text) {
        fate = .busy
      } else if facts.bytes(row, Column.key) != nil {
        fate = Self.fate(of: job, facts, row: row, now: now)
      } else if !isFirst {
        // One before it in the batch has its id, and nobody knows yet what will be stored under it.
        fate = .busy
      } else if let (seq, isOverflow) = (last[match] ?? facts.integer(row, Column.lastSeq))?.addingReportingOverflow(1),
        !isOverflow, let period = facts.integer(row, Column.period),
        let json = Self.json(of: job, facts, row: row, seq: seq, sentAt: now)
      {
        last[match] = seq
        new.append((job, seq, Int32(truncatingIfNeeded: period)))
        if job.delivery.isInOutbox { broadcasts.append((match, Self.rest(of: json, key: job.key))) }
        fate = .stored(
          MessageStore.StoredMessage(
            json: json, idempotencyKey: withUnsafeBytes(of: job.key.bytes) { ReplyText.text(uuid: $0) }))
      } else {
        // No number is left, or a column has what this version can't read: refused by its deadline, and nobody else with it.
        fate = .busy
      }
      outcomes[place] = MessageStore.Outcome(facts: membership, fate: fate)
    }
    self.outcomes = outcomes.compactMap(\.self)
    rows = new.isEmpty ? nil : MessageStatement.rows(new, sentAt: now, rooms: last, broadcasts: broadcasts)
  }

  /// What becomes of a message whose id the room has already; busy where what the room has can't be spelled, as where an
  /// operator's hand has put it at the end of time.
  private static func fate(of job: MessageWorker.Job, _ facts: PostgresResult, row: Int, now: Int64)
    -> MessageStore.Outcome.Fate
  {
    let isOfSender =
      facts.bytes(row, Column.stored + MessageColumns.sender)?.elementsEqual(job.message.sender.text.utf8) ?? false
    let isChanged =
      facts.bytes(row, Column.stored + MessageColumns.editedAt) != nil
      || facts.bytes(row, Column.stored + MessageColumns.deletedAt) != nil
    guard isOfSender, isChanged || hasContent(job.message.content, facts, row: row) else { return .conflict }
    guard let key = facts.bytes(row, Column.key), let sentAt = facts.integer(row, Column.stored + MessageColumns.sentAt)
    else { return .busy }
    var json = ReplyText(capacity: 256)
    var match = job.message.match.text
    let isSpelled = match.withUTF8 { match in
      MessageColumns.write(
        facts, row: row, from: Column.stored, of: UnsafeRawBufferPointer(match), isBlocked: false, to: &json)
    }
    guard isSpelled else { return .busy }
    let message = MessageStore.StoredMessage(json: json.bytes, idempotencyKey: ReplyText.text(uuid: key))
    return isChanged || sentAt < now - keyLife ? .old(message) : .repeated(message)
  }

  /// Whether the stored message says the same. Texts are compared by their bytes, as PostgreSQL does: what looks the same in
  /// another normalization is another text.
  private static func hasContent(_ content: NewMessage.Content, _ facts: PostgresResult, row: Int) -> Bool {
    guard facts.bytes(row, Column.stored + MessageColumns.kind)?.elementsEqual(content.kind.utf8) ?? false else {
      return false
    }
    switch content {
    case .text(let text):
      return facts.bytes(row, Column.stored + MessageColumns.text)?.elementsEqual(text.utf8) ?? false
    case .location(let latitude, let longitude):
      return facts.text(row, Column.stored + MessageColumns.latitude).flatMap(Double.init) == latitude
        && facts.text(row, Column.stored + MessageColumns.longitude).flatMap(Double.init) == longitude
    }
  }

  /// A new message as everybody gets it; nil where the server has not spelled its place.
  private static func json(of job: MessageWorker.Job, _ facts: PostgresResult, row: Int, seq: Int64, sentAt: Int64)
    -> [UInt8]?
  {
    var json = ReplyText(capacity: 256)
    var (match, sender) = (job.message.match.text, job.message.sender.text)
    var (kind, text) = (job.message.content.kind, job.message.content.text ?? "")
    // Each buffer is used within its closure alone.
    let isSpelled = match.withUTF8 { match in
      sender.withUTF8 { sender in
        kind.withUTF8 { kind in
          text.withUTF8 { text in
            withUnsafeBytes(of: job.message.id.bytes) { id in
              guard let content = content(of: job, UnsafeRawBufferPointer(text), facts, row: row) else { return false }
              json.append(
                MessageText(
                  id: id, seq: seq, match: UnsafeRawBufferPointer(match), sender: UnsafeRawBufferPointer(sender),
                  kind: UnsafeRawBufferPointer(kind), content: content, sentAt: sentAt))
              return true
            }
          }
        }
      }
    }
    return isSpelled ? json.bytes : nil
  }

  private static func content(
    of job: MessageWorker.Job, _ text: UnsafeRawBufferPointer, _ facts: PostgresResult, row: Int
  ) -> MessageText.Content? {
    switch job.message.content {
    case .text: return .text(text)
    case .location:
      guard let latitude = facts.bytes(row, Column.latitude), let longitude = facts.bytes(row, Column.longitude) else {
        return nil
      }
      return .place(latitude: latitude, longitude: longitude)
    }
  }

  /// What follows the channel in a publish command.
  private static func rest(of json: [UInt8], key: MessageID) -> [UInt8] {
    var rest = ReplyText(capacity: json.count + 80)
    rest.append(#""data":"#)
    json.withUnsafeBytes { rest.append($0) }
    rest.append(#","idempotency_key":""#)
    withUnsafeBytes(of: key.bytes) { rest.append(uuid: $0) }
    rest.append(#""}"#)
    return rest.bytes
  }
}
