import Logging
import Synchronization

/// Tells Centrifugo's consumer that messages wait in the outbox, from a connection of its own.
///
/// A notification inside the messages' own transactions would make their commits wait for each other: PostgreSQL orders
/// the commits of transactions that notify. This one follows them, at most once in ``pause``; a ring while one is under
/// way makes one more after it. A notification that fails costs the consumer's poll interval and no message.
final class OutboxBell: Sendable {
  /// The time from one notification to the next.
  static let pause = Duration.milliseconds(5)
  /// How long a notification may take.
  private static let milliseconds = 1_000

  private enum State {
    case quiet
    case ringing
    /// Rung again since the notification under way began.
    case rungAgain
  }

  private let lane: Lane<PostgresWorker<NotifyOutbox>>
  private let state = Mutex(State.quiet)

  /// Opens one connection.
  init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    lane = try settings.lane("outbox-bell", log: log)
  }

  /// Has the consumer told; returns at once.
  func ring() {
    let mustStart = state.withLock { state in
      defer { state = state == .quiet ? .ringing : .rungAgain }
      return state == .quiet
    }
    guard mustStart else { return }
    Task {
      repeat {
        _ = try? await lane.submit(NotifyOutbox.Job(), by: .after(milliseconds: Self.milliseconds))
        try? await Task.sleep(for: Self.pause)
      } while state.withLock { state in
        defer { state = state == .rungAgain ? .ringing : .quiet }
        return state == .rungAgain
      }
    }
  }

  func close() { lane.close() }

  var status: [LaneStatus] { [lane.status] }
}

/// A notification for each of the outbox's partitions of messages; several jobs of one batch make one.
enum NotifyOutbox: BatchStatement {
  struct Job: Sendable {}

  static let name = "notify_outbox"
  static let sql = """
    select g.place, (select count(pg_notify('proxyhooks_outbox', n::text))
                       from proxyhooks.trigger_settings i cross join lateral generate_series(1, i.message_partitions) n)
      from unnest($1::boolean[]) with ordinality as g (_, place)
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(bools: batch.map { _ in true })
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> Bool? { true }
}
