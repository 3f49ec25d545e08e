public import Auth
public import Logging

/// Moves read positions, which only go forward.
public final class ReadPositionStore: Sendable {
  /// What became of a position, and the facts that were seen with it.
  public struct Outcome: Sendable {
    /// Where a position is.
    public struct Position: Hashable, Sendable {
      /// The last number that was read; 0 before the first.
      public let readSeq: Int64
      /// How many messages are after it.
      public let unread: Int64
    }

    /// What became of it.
    public enum Fate: Hashable, Sendable {
      /// Moved, and the room is told.
      case moved(Position)
      /// It was as far already; nothing was written.
      case unmoved(Position)
      /// The room has no such number yet; nothing was written.
      case beyondLast
      /// The facts did not pass the guard; nothing was written.
      case denied
    }

    /// What the database says of the reader.
    public let facts: MembershipFacts
    /// What became of the position.
    public let fate: Fate
  }

  private let lanes: LaneGroup<PostgresWorker<ReadUpTo>>
  private let bell: OutboxBell

  /// Opens `settings.decisionLanes` connections; rings the bell of `messages`.
  public init(settings: DatabaseSettings, ringing messages: MessageStore, log: Logger) throws(StorageError) {
    bell = messages.bell
    lanes = LaneGroup(try settings.lanes("read", count: settings.decisionLanes, log: log))
  }

  /// Notes that `user` has read `match` up to `seq`, if they pass `guard`.
  public func read(upTo seq: Int64, of match: MatchID, by user: UserID, if guard: Guard, by deadline: Deadline)
    async throws(StorageError) -> Outcome
  {
    let job = ReadUpTo.Job(match: match, user: user, seq: seq, guard: `guard`)
    let outcome = try await lanes.submit(job, by: deadline)
    if case .moved = outcome.fate { bell.ring() }
    return outcome
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}

/// `proxyhooks.read_up_to` for a batch of readers.
enum ReadUpTo: BatchStatement {
  struct Job: Sendable {
    let match: MatchID
    let user: UserID
    let seq: Int64
    let `guard`: Guard
  }

  static let name = "read_up_to"
  static let sql = """
    select place, match_state, role, has_left, is_muted, is_removed, is_banned, outcome, read_seq, unread
      from proxyhooks.read_up_to($1::text[], $2::text[], $3::bigint[], $4::text[])
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.match.text))
    parameters.append(texts: batch.map(\.user.text))
    parameters.append(integers: batch.map(\.seq))
    parameters.append(texts: batch.map(\.guard.text))
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> ReadPositionStore.Outcome? {
    guard let facts = FactColumns.membership(result, row: row, from: 1), let fate = fate(result, row: row) else {
      return nil
    }
    return ReadPositionStore.Outcome(facts: facts, fate: fate)
  }

  private static func fate(_ result: PostgresResult, row: Int) -> ReadPositionStore.Outcome.Fate? {
    func position() -> ReadPositionStore.Outcome.Position? {
      guard let readSeq = result.integer(row, 8), let unread = result.integer(row, 9) else { return nil }
      return .init(readSeq: readSeq, unread: unread)
    }
    switch result.text(row, 7) {
    case "c": return position().map { .moved($0) }
    case "r": return position().map { .unmoved($0) }
    case "l": return .beyondLast
    case "d": return .denied
    default: return nil
    }
  }
}
