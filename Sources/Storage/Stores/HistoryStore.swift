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

/// `proxyhooks.page` for a batch of readers who pass the guard.
enum ReadHistory: BatchStatement {
  struct Job: Sendable {
    let match: MatchID
    let user: UserID
    let page: HistoryStore.Page
    let `guard`: Guard
  }

  static let name = "read_history"
  static let sql = """
    select g.place, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, h.messages, h.has_more,
           h.names
      from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
             with ordinality as g (match_id, user_id, after, before, most, seats, place)
      cross join lateral proxyhooks.facts(g.match_id, g.user_id) f
      cross join lateral (select proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned,
                                                   g.seats) as passes) d
      -- Of the match of null there is nothing to read: who does not pass costs no page.
      left join lateral proxyhooks.page(
        g.user_id, case when d.passes then g.match_id end, f.period, g.after, g.before, g.most) h on d.passes
    """

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

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> HistoryStore.Outcome? {
    guard let facts = FactColumns.membership(result, row: row, from: 1) else { return nil }
    guard let messages = result.bytes(row, 7), let hasMore = result.bool(row, 8), let names = result.bytes(row, 9)
    else {
      return HistoryStore.Outcome(facts: facts, page: nil)
    }
    return HistoryStore.Outcome(facts: facts, page: (Array(messages), hasMore, Array(names)))
  }
}
