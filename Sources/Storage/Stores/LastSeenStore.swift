public import Auth
public import Logging
import Synchronization

/// Notes when persons were last here, beside the hooks' answers and never before them.
///
/// What comes while a note is written makes the next one; nothing is tried twice. A note that is lost, by a failure or
/// because too many wait, costs freshness and nothing else: the next hook that allows makes another.
public final class LastSeenStore: Sendable {
  /// The time from one note to the next.
  static let pause = Duration.milliseconds(200)
  /// How long a note may take.
  private static let milliseconds = 1_000
  /// The most persons of one statement.
  private static let batch = 1_000

  private struct State {
    var waiting: Set<UserID> = []
    var isWriting = false
  }

  private let lane: Lane<PostgresWorker<NoteLastSeen>>
  private let most: Int
  private let state = Mutex(State())

  /// Opens one connection.
  ///
  /// - Parameter most: the most persons who may wait to be noted.
  public init(settings: DatabaseSettings, most: Int = 10_000, log: Logger) throws(StorageError) {
    self.most = most
    lane = try settings.lane("last-seen", log: log)
  }

  deinit { close() }

  /// Has it noted that `user` is here now; returns at once.
  public func saw(_ user: UserID) {
    let mustStart = state.withLock { state in
      if state.waiting.count < most { state.waiting.insert(user) }
      defer { state.isWriting = true }
      return !state.isWriting
    }
    guard mustStart else { return }
    Task {
      while let users = takeBatch() {
        _ = try? await lane.submit(NoteLastSeen.Job(users: users), by: .after(milliseconds: Self.milliseconds))
        try? await Task.sleep(for: Self.pause)
      }
    }
  }

  /// Who waits, up to a batch; nil where nobody does, after which ``saw(_:)`` starts anew.
  private func takeBatch() -> [UserID]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isWriting = false
        return nil
      }
      if state.waiting.count <= Self.batch {
        defer { state.waiting = [] }
        return Array(state.waiting)
      }
      let batch = Array(state.waiting.prefix(Self.batch))
      state.waiting.subtract(batch)
      return batch
    }
  }

  /// Ends the lane once what is queued is done.
  public func close() { lane.close() }

  /// How the lane is doing.
  public var status: [LaneStatus] { [lane.status] }
}

/// `proxyhooks.saw` for all the persons of a batch's jobs at once.
enum NoteLastSeen: BatchStatement {
  struct Job: Sendable {
    let users: [UserID]
  }

  static let name = "note_last_seen"
  static let sql = """
    select g.place, (select proxyhooks.saw($1::text[])) from unnest($2::boolean[]) with ordinality as g (_, place)
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.flatMap(\.users).map(\.text))
    parameters.append(bools: batch.map { _ in true })
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> Bool? { true }
}
