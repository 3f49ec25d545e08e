public import Auth
public import Logging

/// Reads pages of messages, on connections of its own.
public final class HistoryStore: Sendable {
  /// Which messages of a room.
  public struct Page: Sendable {
    /// Only numbers above; the page starts with the first of them.
    public var after: Int64?
    /// Only numbers below; without ``after`` the page ends with the last of them.
    public var before: Int64?
    /// The most messages.
    public var limit: Int

    /// At most `limit` messages, the last ones unless said otherwise.
    public init(after: Int64? = nil, before: Int64? = nil, limit: Int) {
      self.after = after
      self.before = before
      self.limit = limit
    }
  }

  /// The facts seen, and the page if they pass the guard.
  public struct Outcome: Sendable {
    /// What the database says of the reader.
    public let facts: MembershipFacts
    /// The messages as a JSON array in ascending order, whether the room has more in the page's direction, and the names
    /// of their senders, of those who have one, as a JSON object; nil where the guard refused.
    public let page: (messages: [UInt8], hasMore: Bool, names: [UInt8])?
  }

  private let lanes: LaneGroup<PostgresWorker<ReadHistory>>

  /// Opens `settings.readingLanes` connections.
  public init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    var settings = settings
    settings.limits.batch = min(settings.limits.batch, 8)  // pages are long: a small batch keeps its first one quick
    lanes = LaneGroup(try settings.lanes("history", count: settings.readingLanes, log: log))
  }

  /// One page of `match` for `user`, if they pass `guard`.
  public func page(_ page: Page, of match: MatchID, for user: UserID, if guard: Guard, by deadline: Deadline)
    async throws(StorageError) -> Outcome
  {
    try await lanes.submit(ReadHistory.Job(match: match, user: user, page: page, guard: `guard`), by: deadline)
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}

/// The pages of a batch of readers who pass the guard: a row for each message, one alone where there is none.
enum ReadHistory: PostgresStatement {
  struct Job: Sendable {
    let match: MatchID
    let user: UserID
    let page: HistoryStore.Page
    let `guard`: Guard
  }

  static let name = "read_history"
  static let hasBinaryRows = true
  static let sql = """
    select g.place, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, d.passes,
           \(MessageColumns.list(of: "h")), b.is_blocked, c.name
      from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
             with ordinality as g (match_id, user_id, after, before, most, seats, place)
      cross join lateral proxyhooks.facts(g.match_id, g.user_id) f
      -- With an offset it is worked out once for a page, and not for each of its messages.
      cross join lateral (
        select proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, g.seats) as passes,
               (select true from proxyhooks.user_block u where u.user_id = g.user_id limit 1) as has_blocked offset 0) d
      -- One row more than the page has says whether there is more. Only one of the two branches runs, and none for who does
      -- not pass: their conditions are known to be false before they start.
      left join lateral (
        (select \(stored) from proxyhooks.message m
          where d.passes and g.after is not null and m.period = f.period
            and m.match_id = g.match_id and m.seq > g.after and m.seq < coalesce(g.before, 9223372036854775807)
          order by m.seq limit g.most + 1)
        union all
        (select \(stored) from proxyhooks.message m
          where d.passes and g.after is null and m.period = f.period
            and m.match_id = g.match_id and m.seq < coalesce(g.before, 9223372036854775807)
          order by m.seq desc limit g.most + 1)) h on true
      left join lateral (select true as is_blocked from proxyhooks.user_block u
                          where d.has_blocked and u.user_id = g.user_id and u.blocked_id = h.sender limit 1) b on true
      left join lateral (select p.name from proxyhooks.person p where p.user_id = h.sender limit 1) c on true
     order by g.place
    """
  private static let stored =
    "m.id, m.seq, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at, m.edited_at, m.deleted_at"

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.match.text))
    parameters.append(texts: batch.map(\.user.text))
    parameters.append(integers: batch.map(\.page.after))
    parameters.append(integers: batch.map(\.page.before))
    parameters.append(integers: batch.map { Int64($0.page.limit) })
    parameters.append(texts: batch.map(\.guard.text))
    return parameters
  }

  // Where the columns are.
  private static let (passes, message) = (7, 8)
  private static let (seq, sender, isBlocked, senderName) = (9, 10, 18, 19)

  static func outcome(of job: Job, _ result: PostgresResult, rows: Range<Int>) -> HistoryStore.Outcome? {
    guard let facts = FactColumns.membership(result, row: rows.lowerBound, from: 1),
      let passes = result.bool(rows.lowerBound, passes)
    else { return nil }
    guard passes else { return HistoryStore.Outcome(facts: facts, page: nil) }
    var found = rows.compactMap { row in result.integer(row, seq).map { (seq: $0, row: row) } }
    // They come as the index has them, and SQL does not promise that.
    let isForward = job.page.after != nil
    found.sort { isForward ? $0.seq < $1.seq : $0.seq > $1.seq }
    let hasMore = found.count > job.page.limit
    if hasMore { found.removeLast(found.count - job.page.limit) }
    if !isForward { found.reverse() }
    let shown = found.map(\.row)
    return HistoryStore.Outcome(
      facts: facts, page: (messages(of: job, result, shown), hasMore, names(result, shown)))
  }

  /// The messages of `rows` as a JSON array.
  private static func messages(of job: Job, _ result: PostgresResult, _ rows: [Int]) -> [UInt8] {
    var json = ReplyText(capacity: 256 * rows.count + 2)
    var match = job.match.text
    match.withUTF8 { match in
      json.append("[")
      for row in rows {
        let end = json.bytes.count
        if end > 1 { json.append(",") }
        let isWritten = MessageColumns.write(
          result, row: row, from: message, of: UnsafeRawBufferPointer(match),
          isBlocked: result.bool(row, isBlocked) ?? false, to: &json)
        if !isWritten { json.cut(to: end) }
      }
      json.append("]")
    }
    return json.bytes
  }

  /// The names of the senders who have one as a JSON object, in the order of their ids' bytes.
  private static func names(_ result: PostgresResult, _ rows: [Int]) -> [UInt8] {
    var named: [(sender: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer)] = []
    for row in rows {
      guard let sender = result.bytes(row, sender), let name = result.bytes(row, senderName),
        !named.contains(where: { $0.sender.elementsEqual(sender) })
      else { continue }
      named.append((sender, name))
    }
    named.sort { $0.sender.lexicographicallyPrecedes($1.sender) }
    var json = ReplyText(capacity: 64 * named.count + 2)
    json.append("{")
    for (place, one) in named.enumerated() {
      if place > 0 { json.append(",") }
      json.append(quoting: one.sender)
      json.append(":")
      json.append(quoting: one.name)
    }
    json.append("}")
    return json.bytes
  }
}
