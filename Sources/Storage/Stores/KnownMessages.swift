import Auth

/// What rooms have already under ids that came again. It is read in the transaction that has locked the rooms, and only where
/// there is any, which is rare: its columns would cost every message.
struct KnownMessages {
  private typealias Column = MessageStatement.KnownColumn

  /// How old a message is at most whose key Centrifugo still knows: it remembers one for five minutes
  /// (`idempotent_result_ttl`), and a minute is for the way there. In microseconds.
  private static let keyLife: Int64 = 4 * 60 * 1_000_000

  private var rows: PostgresResult?
  /// Which row is of which job, by the job's index in the batch.
  private var rowOf: [Int: Int] = [:]

  /// Reads them, where their senders pass and their rooms are locked: nobody else is told of them.
  ///
  /// - Parameters:
  ///   - lockedRooms: what ``MessageStatement/lock`` returned for the batch.
  ///   - facts: what ``MessageStatement/read`` returned for it.
  init(
    of batch: [MessageWorker.Job], lockedRooms: Set<RowPlace>, _ facts: PostgresResult,
    over connection: PostgresConnection, by deadline: Deadline
  ) throws(StorageError) {
    let places = (0..<facts.rowCount).compactMap { row -> Int? in
      typealias Facts = MessageStatement.Column
      guard facts.bool(row, Facts.isKnown) ?? false, facts.bool(row, Facts.passes) ?? false,
        let room = facts.place(row, Facts.room), lockedRooms.contains(room),
        let place = facts.integer(row, Facts.place),
        (1...Int64(batch.count)).contains(place)
      else { return nil }
      return Int(place) - 1
    }
    guard !places.isEmpty else { return }
    let rows = try connection.execute(
      MessageStatement.known.rawValue, MessageStatement.ids(of: places.map { batch[$0] }), binaryRows: true,
      by: deadline)
    for row in 0..<rows.rowCount {
      guard let place = rows.integer(row, Column.place), (1...Int64(places.count)).contains(place) else {
        throw StorageError(.unexpected)
      }
      rowOf[places[Int(place) - 1]] = row
    }
    self.rows = rows
  }

  /// What becomes of a message whose id the room has already; busy where what the room has can't be spelled, as where an
  /// operator's hand has put it at the end of time.
  ///
  /// - Parameters:
  ///   - place: the job's index in the batch.
  ///   - now: the batch's moment, in microseconds since the start of 2000 in UTC.
  func fate(of job: MessageWorker.Job, at place: Int, now: Int64) -> MessageStore.Outcome.Fate {
    guard let rows, let row = rowOf[place] else { return .busy }
    let isOfSender =
      rows.bytes(row, Column.message + MessageColumns.sender)?.elementsEqual(job.message.sender.text.utf8) ?? false
    let isChanged =
      rows.bytes(row, Column.message + MessageColumns.editedAt) != nil
      || rows.bytes(row, Column.message + MessageColumns.deletedAt) != nil
    guard isOfSender, isChanged || Self.hasContent(job.message.content, rows, row: row) else { return .conflict }
    guard let key = rows.bytes(row, Column.key), let sentAt = rows.integer(row, Column.message + MessageColumns.sentAt)
    else { return .busy }
    var json = ReplyText(capacity: 256)
    var match = job.message.match.text
    let isSpelled = match.withUTF8 { match in
      MessageColumns.write(
        rows, row: row, from: Column.message, of: UnsafeRawBufferPointer(match), isBlocked: false, to: &json)
    }
    guard isSpelled else { return .busy }
    let message = MessageStore.StoredMessage(json: json.bytes, idempotencyKey: ReplyText.text(uuid: key))
    return isChanged || sentAt < now - Self.keyLife ? .old(message) : .repeated(message)
  }

  /// Whether the stored message says the same. Texts are compared by their bytes, as PostgreSQL does: what looks the same in
  /// another normalization is another text.
  private static func hasContent(_ content: NewMessage.Content, _ rows: PostgresResult, row: Int) -> Bool {
    guard rows.bytes(row, Column.message + MessageColumns.kind)?.elementsEqual(content.kind.utf8) ?? false else {
      return false
    }
    switch content {
    case .text(let text):
      return rows.bytes(row, Column.message + MessageColumns.text)?.elementsEqual(text.utf8) ?? false
    case .location(let latitude, let longitude):
      return rows.text(row, Column.message + MessageColumns.latitude).flatMap(Double.init) == latitude
        && rows.text(row, Column.message + MessageColumns.longitude).flatMap(Double.init) == longitude
    }
  }
}
