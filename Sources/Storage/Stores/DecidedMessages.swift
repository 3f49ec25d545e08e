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

  private typealias Column = MessageStatement.Column

  /// Decides.
  ///
  /// - Parameters:
  ///   - lockedRooms: what ``MessageStatement/lock`` returned: the places of their rows.
  ///   - facts: what ``MessageStatement/read`` returned; nil is made of rows that it can't return.
  ///   - known: what the rooms have under ids that came again.
  init?(_ batch: [MessageWorker.Job], lockedRooms locked: Set<RowPlace>, facts: PostgresResult, known: KnownMessages) {
    guard facts.rowCount == batch.count, let now = facts.integer(0, Column.now) else { return nil }
    var outcomes = [MessageStore.Outcome?](repeating: nil, count: batch.count)
    var rowOf = [Int?](repeating: nil, count: batch.count)
    for row in 0..<facts.rowCount {
      guard let place = facts.integer(row, Column.place), (1...Int64(batch.count)).contains(place),
        rowOf[Int(place) - 1] == nil
      else { return nil }
      rowOf[Int(place) - 1] = row
    }

    var seen: Set<MessageID> = []
    var last: [RowPlace: Int64] = [:]
    var new: [(job: MessageWorker.Job, seq: Int64, period: Int32)] = []
    var broadcasts: [(match: MatchID, rest: [UInt8])] = []
    for (place, job) in batch.enumerated() {
      let isFirst = seen.insert(job.message.id).inserted
      guard let row = rowOf[place], let membership = FactColumns.membership(facts, row: row, from: Column.facts),
        let passes = facts.bool(row, Column.passes)
      else { return nil }
      let fate: MessageStore.Outcome.Fate
      // Who does not pass is denied whether or not the room is held: a stranger must not learn that there is one.
      let room = facts.place(row, Column.room)
      if !passes || room == nil {
        fate = .denied
      } else if let room, !locked.contains(room) {
        fate = .busy
      } else if facts.bool(row, Column.isKnown) ?? false {
        fate = known.fate(of: job, at: place, now: now)
      } else if !isFirst {
        // One before it in the batch has its id, and nobody knows yet what will be stored under it.
        fate = .busy
      } else if let room,
        let (seq, isOverflow) = (last[room] ?? facts.integer(row, Column.lastSeq))?.addingReportingOverflow(1),
        !isOverflow, let period = facts.integer(row, Column.period),
        let json = Self.json(of: job, facts, row: row, seq: seq, sentAt: now)
      {
        last[room] = seq
        new.append((job, seq, Int32(truncatingIfNeeded: period)))
        if job.delivery.isInOutbox { broadcasts.append((job.message.match, Self.rest(of: json, key: job.key))) }
        fate = .stored(
          MessageStore.StoredMessage(
            json: json, idempotencyKey: withUnsafeBytes(of: job.key.bytes) { ReplyText.text(uuid: $0) }))
      } else {
        // No number is left, or a column has what this version can't read: refused by its deadline, and nobody else with it.
        // Alone it would be refused by the server.
        fate = .busy
      }
      outcomes[place] = MessageStore.Outcome(facts: membership, fate: fate)
    }
    self.outcomes = outcomes.compactMap(\.self)
    rows = new.isEmpty ? nil : MessageStatement.rows(new, sentAt: now, rooms: last, broadcasts: broadcasts)
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
