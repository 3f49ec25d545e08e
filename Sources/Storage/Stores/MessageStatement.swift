import Auth

/// The statements of the transaction that stores a batch of messages, by the names they are prepared under, and what goes
/// into them. Their rows come in binary.
enum MessageStatement: String, CaseIterable {
  case begin
  /// Locks the rooms that are free, and says where their rows are.
  case lock = "lock_rooms"
  /// Reads what each message's fate depends on: a row for each, ``Column`` says what is where.
  case read = "read_message_facts"
  /// Reads messages that the rooms have under ids that came again: a row for each, ``KnownColumn`` says what is where.
  case known = "read_known_messages"
  /// Writes messages, their rooms' last numbers and rows of the outbox. Without the outbox's settings its rows have a NULL,
  /// and all of it is refused.
  case write = "write_messages"
  case commit

  /// The columns of a row of ``read``.
  enum Column {
    static let place = 0
    /// Where the facts begin; see ``FactColumns``.
    static let facts = 1
    static let passes = 7
    static let lastSeq = 8
    /// NULL where there is no room.
    static let period = 9
    /// Where the room's row is, its `ctid`. As long as it is locked it names the row: nobody else can change or move it, what
    /// rewrites the table waits for the transaction's end, and ``lock`` and ``read`` saw the same place.
    static let room = 10
    /// The message's own place, as numbers are spelled.
    static let (latitude, longitude) = (11, 12)
    /// The moment of the whole batch. It is read once, and after the rooms were locked.
    static let now = 13
    /// Whether the room has a message under this id; NULL where it has none.
    static let isKnown = 14
  }

  /// The columns of a row of ``known``.
  enum KnownColumn {
    static let place = 0
    static let key = 1
    /// Where the message begins; see ``MessageColumns``.
    static let message = 2
  }

  var sql: String {
    switch self {
    case .begin: "begin"
    case .commit: "commit"
    case .lock:
      """
      select r.ctid from proxyhooks.chat_room r where r.match_id = any ($1::text[]) for no key update skip locked
      """
    case .read:
      """
      select g.place, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned,
             proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, g.seats),
             r.last_seq, r.period, r.ctid, g.lat::text, g.lon::text, (select date_trunc('milliseconds', clock_timestamp())),
             e.is_known
        from \(Self.questions) g
        cross join lateral proxyhooks.seat(g.match_id, g.sender) f
        left join lateral (select c.last_seq, c.period, c.ctid from proxyhooks.chat_room c
                            where c.match_id = g.match_id limit 1) r on true
        left join lateral (select true as is_known from proxyhooks.message m
                            where m.period = r.period and m.match_id = g.match_id and m.id = g.id limit 1) e on true
      """
    case .known:
      """
      select g.place, e.idempotency_key, \(MessageColumns.list(of: "e"))
        from \(BatchRows.sql(["match_id": "text", "id": "uuid"])) g
        cross join lateral (select m.* from proxyhooks.chat_room c
                              join proxyhooks.message m on m.period = c.period and m.match_id = c.match_id and m.id = g.id
                             where c.match_id = g.match_id limit 1) e
      """
    case .write:
      """
      with stored as (
        insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
        select n.period, n.match_id, n.seq, n.id, n.sender, n.kind, n.text, n.lat, n.lon, $11::timestamptz, n.key
          from \(Self.messages) n
      ),
      counted as (
        update proxyhooks.chat_room r set last_seq = c.last_seq
          from \(BatchRows.sql(["room": "tid", "last_seq": "bigint"], from: 12, withPlaces: false)) c
         where r.ctid = c.room
      )
      insert into proxyhooks.outbox (method, payload, partition)
      select 'publish',
             ('{"channel":"' || (select i.match_namespace from proxyhooks.trigger_settings i) || ':' || o.match_id || '",'
               || o.rest)::json,
             proxyhooks.room_partition(o.match_id, (select i.message_partitions from proxyhooks.trigger_settings i))
        from unnest($14::text[], $15::text[]) with ordinality as o (match_id, rest, place)
       order by o.place
      """
    }
  }

  private static let questions = BatchRows.sql([
    "match_id": "text", "id": "uuid", "sender": "text", "seats": "text", "lat": "float8", "lon": "float8",
  ])
  private static let messages = BatchRows.sql(
    [
      "period": "date", "match_id": "text", "seq": "bigint", "id": "uuid", "sender": "text", "kind": "text",
      "text": "text", "lat": "float8", "lon": "float8", "key": "uuid",
    ], withPlaces: false)

  /// What ``lock`` takes.
  static func rooms(of batch: [MessageWorker.Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.message.match.text))
    return parameters
  }

  /// What ``read`` takes.
  static func questions(of batch: [MessageWorker.Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.message.match.text))
    parameters.append(uuids: batch.map(\.message.id))
    parameters.append(texts: batch.map(\.message.sender.text))
    parameters.append(texts: batch.map(\.guard.text))
    parameters.append(doubles: batch.map { $0.message.content.latitude })
    parameters.append(doubles: batch.map { $0.message.content.longitude })
    return parameters
  }

  /// What ``known`` takes.
  static func ids(of batch: [MessageWorker.Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.message.match.text))
    parameters.append(uuids: batch.map(\.message.id))
    return parameters
  }

  /// What ``write`` takes.
  ///
  /// - Parameters:
  ///   - messages: in the order of their numbers within each room.
  ///   - sentAt: their moment, in microseconds since the start of 2000 in UTC.
  ///   - rooms: each with its last number from now on.
  ///   - broadcasts: for each message that is broadcast from the outbox what follows the channel in the publish command.
  static func rows(
    _ messages: [(job: MessageWorker.Job, seq: Int64, period: Int32)], sentAt: Int64, rooms: [RowPlace: Int64],
    broadcasts: [(match: MatchID, rest: [UInt8])]
  ) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(days: messages.map(\.period))
    parameters.append(texts: messages.map(\.job.message.match.text))
    parameters.append(integers: messages.map(\.seq))
    parameters.append(uuids: messages.map(\.job.message.id))
    parameters.append(texts: messages.map(\.job.message.sender.text))
    parameters.append(texts: messages.map { $0.job.message.content.kind })
    parameters.append(texts: messages.map { $0.job.message.content.text })
    parameters.append(doubles: messages.map { $0.job.message.content.latitude })
    parameters.append(doubles: messages.map { $0.job.message.content.longitude })
    parameters.append(uuids: messages.map(\.job.key))
    parameters.append(moment: sentAt)
    let rooms = Array(rooms)
    parameters.append(places: rooms.map(\.key))
    parameters.append(integers: rooms.map(\.value))
    parameters.append(texts: broadcasts.map(\.match.text))
    parameters.append(utf8: broadcasts.map(\.rest))
    return parameters
  }
}
