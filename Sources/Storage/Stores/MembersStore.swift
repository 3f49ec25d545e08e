public import Auth
public import Logging

/// Reads who is in a match, what they are called and when each was last there, on connections of its own.
public final class MembersStore: Sendable {
  /// The most members a list has.
  public static let longestList = 200

  /// The facts seen, and the members.
  public struct Outcome: Sendable {
    /// What the database says of the reader.
    public let facts: MembershipFacts
    /// The present members as a JSON array in the order of their ids, each with `user` and `role` and, where they are
    /// known, `name` and `last_seen` (UTC with milliseconds); nil where the guard refused.
    public let members: [UInt8]?
  }

  private let lanes: LaneGroup<PostgresWorker<ReadMembers>>

  /// Opens `settings.readingLanes` connections.
  public init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    var settings = settings
    settings.limits.batch = min(settings.limits.batch, 8)
    lanes = LaneGroup(try settings.lanes("members", count: settings.readingLanes, log: log))
  }

  /// The members of `match` for `user`, if they pass `guard`.
  public func members(of match: MatchID, for user: UserID, if guard: Guard, by deadline: Deadline)
    async throws(StorageError) -> Outcome
  {
    try await lanes.submit(ReadMembers.Job(match: match, user: user, guard: `guard`), by: deadline)
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}

/// `proxyhooks.present_members` for a batch of readers who pass the guard, with when each was last seen.
enum ReadMembers: BatchStatement {
  struct Job: Sendable {
    let match: MatchID
    let user: UserID
    let `guard`: Guard
  }

  static let name = "read_members"
  static let sql = """
    select g.place, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned,
           case when d.passes then l.members end
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality as g (match_id, user_id, seats, place)
      cross join lateral proxyhooks.facts(g.match_id, g.user_id) f
      cross join lateral (select proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned,
                                                   g.seats) as passes) d
      -- Of the match of null there is nothing to read: who does not pass costs no list.
      cross join lateral (
        select '[' || coalesce(string_agg('{"user":"' || m.user_id || '","role":"' || m.role || '"'
                                            || coalesce(',"name":' || to_json(m.name), '')
                                            || coalesce(',"last_seen":"' || proxyhooks.utc(s.seen_at) || '"', '') || '}',
                                          ',' order by m.user_id), '') || ']' as members
          from proxyhooks.present_members(case when d.passes then g.match_id end, \(MembersStore.longestList)) m
          left join lateral (select n.seen_at from proxyhooks.last_seen n where n.user_id = m.user_id limit 1) s on true) l
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.match.text))
    parameters.append(texts: batch.map(\.user.text))
    parameters.append(texts: batch.map(\.guard.text))
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> MembersStore.Outcome? {
    guard let facts = FactColumns.membership(result, row: row, from: 1) else { return nil }
    return MembersStore.Outcome(facts: facts, members: result.bytes(row, 7).map { Array($0) })
  }
}
