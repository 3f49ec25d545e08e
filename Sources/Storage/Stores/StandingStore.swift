public import Auth
public import Logging

/// Reads bans and revocations for connect, refresh and sub_refresh; remembers none.
public final class StandingStore: Sendable {
  private let lanes: LaneGroup<PostgresWorker<ReadStandings>>

  /// Opens `settings.decisionLanes` connections.
  public init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    lanes = LaneGroup(try settings.lanes("standing", count: settings.decisionLanes, log: log))
  }

  /// What holds for `user` and for a token of theirs now.
  ///
  /// - Parameters:
  ///   - tokenID: the token's `jti`, if it had one.
  ///   - issuedAt: its `iat` in Unix seconds. Without one the token counts as older than any "not before".
  public func standing(of user: UserID, tokenID: String?, issuedAt: Int64?, by deadline: Deadline)
    async throws(StorageError) -> StandingFacts
  {
    try await lanes.submit(ReadStandings.Job(user: user, tokenID: tokenID, issuedAt: issuedAt), by: deadline)
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}

/// Bans and revocations for a batch of persons and their tokens.
enum ReadStandings: BatchStatement {
  struct Job: Sendable {
    let user: UserID
    let tokenID: String?
    let issuedAt: Int64?
  }

  static let name = "read_standings"
  static let sql = """
    select g.place, b.is_banned is not null,
           (select true from proxyhooks.revoked_token t where t.jti = g.jti limit 1) is not null
             or (select true from proxyhooks.token_not_before n
                  where n.user_id = g.user_id
                    and coalesce(g.issued_at < extract(epoch from n.not_before), true) limit 1) is not null
      from \(BatchRows.sql(["user_id": "text", "jti": "text", "issued_at": "bigint"])) g
      left join lateral proxyhooks.ban(g.user_id) b on true
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.user.text))
    parameters.append(texts: batch.map(\.tokenID))
    parameters.append(integers: batch.map(\.issuedAt))
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> StandingFacts? {
    guard let isBanned = result.bool(row, 1), let isTokenRevoked = result.bool(row, 2) else { return nil }
    return StandingFacts(isBanned: isBanned, isTokenRevoked: isTokenRevoked)
  }
}
