public import Auth
public import Logging

/// Reads the list of a person's rooms, on connections of its own.
public final class RoomStore: Sendable {
  /// The most rooms a page has: far above what one person rides at a time, and a bound all the same.
  public static let longestPage = 200
  /// The most memberships that are looked through for a page. Those in matches that the guard does not let through are passed
  /// over, and may be many: beyond this number the page ends early, and says where to go on.
  static let mostLookedAt = 1_000

  /// Which of a person's rooms.
  public struct Page: Sendable {
    /// Only those that stand after this membership; from the youngest on where it is nil.
    public var before: Place?
    /// The most rooms.
    public var limit: Int

    /// At most `limit` rooms, the youngest ones unless said otherwise.
    public init(before: Place? = nil, limit: Int = RoomStore.longestPage) {
      self.before = before
      self.limit = limit
    }
  }

  /// A membership's place in the list: the younger first, and of those of one moment the one whose match has the greater id.
  public struct Place: Hashable, Sendable, LosslessStringConvertible {
    /// When it began, as PostgreSQL counts: microseconds since the start of 2000 in UTC, the extremes for infinity.
    let joinedAt: Int64
    let match: MatchID

    /// What a `timestamptz` can be, but for the infinities: from 4714-11-24 BC to before the year 294277 (PostgreSQL,
    /// "Date/Time Types").
    private static let moments: Range<Int64> = -211_813_488_000_000_000..<9_223_371_331_200_000_000

    init(joinedAt: Int64, match: MatchID) {
      self.joinedAt = joinedAt
      self.match = match
    }

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: String) {
      let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let joinedAt = Int64(parts[0]), let match = MatchID(String(parts[1])) else { return nil }
      self.init(joinedAt: joinedAt, match: match)
      guard description == text else { return nil }
      guard Self.moments.contains(joinedAt) || joinedAt == .min || joinedAt == .max else { return nil }
    }

    /// The moment's number, a dot, the match's id.
    public var description: String { "\(joinedAt).\(match)" }
  }

  /// The facts seen, and the rooms.
  public struct Outcome: Sendable {
    /// Whether the person is banned from the whole service.
    public let isBanned: Bool
    /// The rooms as a JSON array; empty for who is banned.
    public let rooms: [UInt8]
    /// Where the next page begins; nil where there is none.
    public let next: Place?
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

  /// One page of the rooms in which `user` passes `guard`, the youngest membership first.
  public func rooms(of user: UserID, _ page: Page = Page(), if guard: Guard, by deadline: Deadline)
    async throws(StorageError) -> Outcome
  {
    try await lanes.submit(ReadRooms.Job(user: user, page: page, guard: `guard`), by: deadline)
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}
