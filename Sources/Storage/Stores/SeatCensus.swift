public import Auth

/// How many present members there are from each seat: whom a change of the policy would meet.
public enum SeatCensus {
  /// Counts memberships, so that a person in two matches counts twice. Members whom no policy lets do anything, those who
  /// left, were removed or are banned, are not counted.
  ///
  /// Reads every membership once. Blocks.
  ///
  /// - Parameters:
  ///   - url: a libpq connection string or URI.
  ///   - deadline: of the whole of it.
  public static func count(url: String, by deadline: Deadline) throws(StorageError) -> [Seat: Int64] {
    let connection = try PostgresConnection(url: url, applicationName: "proxyhooks policy", by: deadline)
    try SchemaVersion.check(connection, by: deadline)
    let result = try connection.run(
      script: """
        select k.role, t.state, k.muted_at is not null, count(*)
          from proxyhooks.match_member k join proxyhooks.route_match t on t.id = k.match_id
         where k.left_at is null and k.banned_at is null
           and not proxyhooks.is_banned(k.user_id)
         group by 1, 2, 3
        """, by: deadline)
    var counts: [Seat: Int64] = [:]
    for row in 0..<result.rowCount {
      guard let role = result.text(row, 0).flatMap({ MemberRole($0) }),
        let match = result.text(row, 1).flatMap({ MatchState(rawValue: $0) }), let isMuted = result.bool(row, 2),
        let count = result.integer(row, 3)
      else { throw StorageError(.unexpected) }
      counts[Seat(role: role, match: match, isMuted: isMuted)] = count
    }
    return counts
  }
}
