public import Auth
public import Logging

/// Reads memberships for subscribe and sub_refresh; remembers none.
public final class MembershipStore: Sendable {
  /// What the database says of a person in a match.
  public struct Membership: Sendable {
    /// What the decision is made from.
    public let facts: MembershipFacts
    /// The room's last number; 0 before its first message.
    public let lastSeq: Int64
    /// The last number the person has read; 0 before the first.
    public let readSeq: Int64
  }

  private let lanes: LaneGroup<PostgresWorker<ReadMemberships>>

  /// Opens `settings.decisionLanes` connections.
  public init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    lanes = LaneGroup(try settings.lanes("member", count: settings.decisionLanes, log: log))
  }

  /// What holds for `user` in `match` now; an answer also where neither exists.
  public func membership(of user: UserID, in match: MatchID, by deadline: Deadline) async throws(StorageError)
    -> Membership
  {
    try await lanes.submit(ReadMemberships.Job(match: match, user: user), by: deadline)
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}

/// `proxyhooks.facts` for a batch of persons and matches.
enum ReadMemberships: BatchStatement {
  struct Job: Sendable {
    let match: MatchID
    let user: UserID
  }

  static let name = "read_memberships"
  static let sql = """
    select g.place, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, f.last_seq, f.read_seq
      from \(BatchRows.sql(["match_id": "text", "user_id": "text"])) g
      cross join lateral proxyhooks.facts(g.match_id, g.user_id) f
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.match.text))
    parameters.append(texts: batch.map(\.user.text))
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> MembershipStore.Membership? {
    guard let facts = FactColumns.membership(result, row: row, from: 1) else { return nil }
    return MembershipStore.Membership(
      facts: facts, lastSeq: result.integer(row, 7) ?? 0, readSeq: result.integer(row, 8) ?? 0)
  }
}
