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
    /// The ids of those whom the person has blocked, as a JSON array.
    public let blocked: [UInt8]
  }

  private let lanes: LaneGroup<PostgresWorker<ReadRooms>>

  /// Opens `settings.readingLanes` connections.
  public init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    var settings = settings
    settings.limits.batch = min(settings.limits.batch, 8)
    lanes = LaneGroup(try settings.lanes("rooms", count: settings.readingLanes, log: log))
  }

  /// The rooms in which `user` passes `guard`, the youngest membership first.
  public func rooms(of user: UserID, if guard: Guard, by deadline: Deadline) async throws(StorageError) -> Outcome {
    try await lanes.submit(ReadRooms.Job(user: user, guard: `guard`), by: deadline)
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
    let `guard`: Guard
  }

  static let name = "read_rooms"
  static let sql = """
    select g.place, b.is_banned,
           case when b.is_banned then '[]'
                else proxyhooks.rooms_of(g.user_id, g.seats, \(RoomStore.longestList)) end,
           l.blocked
      from unnest($1::text[], $2::text[]) with ordinality as g (user_id, seats, place)
      cross join lateral (select proxyhooks.is_banned(g.user_id) as is_banned) b
      cross join lateral (
        select '[' || coalesce(string_agg('"' || o.blocked_id || '"', ',' order by o.blocked_id), '') || ']' as blocked
          from (select u.blocked_id from proxyhooks.user_block u where u.user_id = g.user_id
                 order by u.blocked_id limit \(ChangeStore.mostBlocked)) o) l
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.user.text))
    parameters.append(texts: batch.map(\.guard.text))
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> RoomStore.Outcome? {
    guard let isBanned = result.bool(row, 1), let rooms = result.bytes(row, 2), let blocked = result.bytes(row, 3)
    else { return nil }
    return RoomStore.Outcome(isBanned: isBanned, rooms: Array(rooms), blocked: Array(blocked))
  }
}
