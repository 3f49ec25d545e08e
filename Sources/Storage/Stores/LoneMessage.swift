import Auth

/// One message stored in one round trip: what a batch of one, which is most batches of a service that is not busy, takes where
/// nothing is out of the ordinary. Its row comes in binary.
///
/// It is sent together with ``MessageStatement/lock``, and both are one transaction, as nothing between them ends one ("Pipeline
/// Mode" in libpq's documentation, "Message Flow" in that of the protocol). So its facts are read in a snapshot that was
/// taken after the room was locked, as in the transaction of ``MessageWorker``. It stores a message that is new and whose sender
/// passes. Everything else is left to that transaction.
///
/// Whether the room is locked, it sees by the transaction's number, which a lock is the first to need, so that without one there
/// is none; and by the row's `xmax`, which holds it ("System Columns" in PostgreSQL's documentation), unless others hold a weaker
/// lock beside it. That is enough for one room and not for several.
enum LoneMessage {
  /// What it is prepared under.
  static let name = "store_message"

  /// The columns of its one row.
  private enum Column {
    /// Where the facts begin; see ``FactColumns``.
    static let facts = 0
    static let passes = 6
    /// The message as JSON where it was stored, and NULL where not.
    static let json = 7
  }

  /// Without the outbox's settings its row has a NULL, and all of it is refused.
  static let sql = """
    with facts as materialized (
      select f.*, proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, $4::text) as passes
        from proxyhooks.seat($1::text, $3::text) f
    ),
    counted as (
      update proxyhooks.chat_room r set last_seq = r.last_seq + 1
       where r.match_id = $1::text and r.xmax = pg_current_xact_id_if_assigned()::xid and (select f.passes from facts f)
         and not exists (select from proxyhooks.message m
                          where m.period = r.period and m.match_id = $1::text and m.id = $2::uuid)
      returning r.period, r.last_seq as seq, date_trunc('milliseconds', clock_timestamp()) as sent_at
    ),
    message as materialized (
      select c.period, c.seq, c.sent_at,
             proxyhooks.message_json($2::uuid, c.seq, $1::text, $3::text, $5::text, $6::text, $7::float8, $8::float8, c.sent_at,
                                     null, null) as json
        from counted c
    ),
    stored as (
      insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
      select n.period, $1::text, n.seq, $2::uuid, $3::text, $5::text, $6::text, $7::float8, $8::float8, n.sent_at, $9::uuid
        from message n
    ),
    told as (
      insert into proxyhooks.outbox (method, payload, partition)
      select 'publish',
             ('{"channel":"' || i.match_namespace || ':' || $1::text || '","data":' || n.json || ',"idempotency_key":"'
               || $9::uuid || '"}')::json,
             proxyhooks.room_partition($1::text, i.message_partitions)
        from message n left join proxyhooks.trigger_settings i on true where $10::boolean
    )
    select f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, f.passes, n.json
      from facts f left join message n on true
    """

  /// What ``sql`` takes.
  static func parameters(of job: MessageWorker.Job) -> PostgresParameters {
    let message = job.message
    var parameters = PostgresParameters()
    parameters.append(text: message.match.text)
    parameters.append(uuid: message.id)
    parameters.append(text: message.sender.text)
    parameters.append(text: job.guard.text)
    parameters.append(text: message.content.kind)
    parameters.append(text: message.content.text)
    parameters.append(double: message.content.latitude)
    parameters.append(double: message.content.longitude)
    parameters.append(uuid: job.key)
    parameters.append(job.delivery.isInOutbox)
    return parameters
  }

  /// What became of the message: stored, or denied.
  ///
  /// - Returns: nil where nothing was stored and it is not known why: the room is held or not there, or has the id already.
  ///   `message_json` has no NULL for a message with a sender and content; if it had, the id would be found there already.
  /// - Throws: `unexpected` for a row that the statement can't return.
  static func outcome(of job: MessageWorker.Job, _ result: PostgresResult) throws(StorageError) -> MessageStore.Outcome?
  {
    guard result.rowCount == 1, let facts = FactColumns.membership(result, row: 0, from: Column.facts),
      let passes = result.bool(0, Column.passes)
    else { throw StorageError(.unexpected) }
    guard passes else { return MessageStore.Outcome(facts: facts, fate: .denied) }
    guard let json = result.bytes(0, Column.json) else { return nil }
    let key = withUnsafeBytes(of: job.key.bytes) { ReplyText.text(uuid: $0) }
    return MessageStore.Outcome(
      facts: facts, fate: .stored(MessageStore.StoredMessage(json: Array(json), idempotencyKey: key)))
  }
}
