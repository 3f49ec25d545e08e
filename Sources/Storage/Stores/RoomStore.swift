public import Auth
public import Logging

/// Reads the list of a person's rooms, on connections of its own.
public final class RoomStore: Sendable {
  /// The most rooms a list has: far above what one person rides at a time, and a bound all the same.
  public static let longestList = 200

  /// The facts seen, and the rooms.
  public struct Outcome: Sendable {
    /// Whether the person is banned from the whole service.
    public let isBanned: Bool
    /// The rooms as a JSON array; empty for who is banned.
    public let rooms: [UInt8]
  }

  private let lanes: LaneGroup<PostgresWorker<ReadRooms>>

  /// Opens `settings.readingLanes` connections.
  public init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    var settings = settings
    settings.limits.batch = min(settings.limits.batch, 8)
    lanes = LaneGroup(try settings.lanes("rooms", count: settings.readingLanes, log: log))
  }

  /// The rooms that `user` is in, of matches in one of `states`; the youngest membership first.
  public func rooms(of user: UserID, states: Set<MatchState>, by deadline: Deadline) async throws(StorageError)
    -> Outcome
  {
    try await lanes.submit(ReadRooms.Job(user: user, states: states), by: deadline)
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}

/// `proxyhooks.rooms_of` for a batch of persons.
enum ReadRooms: BatchStatement {
  struct Job: Sendable {
    let user: UserID
    let states: Set<MatchState>
  }

  static let name = "read_rooms"
  static let sql = """
    select g.place, b.user_id is not null, coalesce(l.rooms, '[]')
      from unnest($1::text[]) with ordinality as g (user_id, place)
      left join proxyhooks.user_ban b on b.user_id = g.user_id and (b.until is null or b.until > now())
      left join lateral (select proxyhooks.rooms_of(g.user_id, $2::text[], \(RoomStore.longestList)) as rooms) l
        on b.user_id is null
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.user.text))
    let states = batch.dropFirst().reduce(batch.first?.states ?? []) { $0.intersection($1.states) }
    parameters.append(texts: states.map(\.rawValue).sorted())
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> RoomStore.Outcome? {
    guard let isBanned = result.bool(row, 1), let rooms = result.bytes(row, 2) else { return nil }
    return RoomStore.Outcome(isBanned: isBanned, rooms: Array(rooms))
  }
}
