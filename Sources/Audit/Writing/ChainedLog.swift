import Dispatch
import Synchronization

/// A log whose lines are chained by hashes and vouched for by checkpoints.
///
/// Whoever writes hands a line over and goes on; a thread of the log's own numbers, hashes and writes it, in the order of
/// the handing over. What can't be written is kept and tried again up to a bound, and counted beyond it, in the chain too.
public final class ChainedLog: Sendable {
  private let inbox: LogInbox
  private let report: @Sendable (LogNotice) -> Void
  private let ended = DispatchGroup()

  /// Starts the log.
  ///
  /// - Parameters:
  ///   - destination: where the lines go; the log's own from here on.
  ///   - opensLater: whether a destination that can't be opened is tried again, lines being kept meanwhile, instead of
  ///     thrown at once.
  ///   - report: told what another log should have; called on any thread, and must not wait.
  /// - Throws: why the destination can't be opened.
  public init(
    to destination: sending any LineDestination, settings: ChainedLogSettings, opensLater: Bool = false,
    report: @escaping @Sendable (LogNotice) -> Void
  ) throws(LogFailure) {
    guard let digest = LineDigest() else { throw LogFailure("OpenSSL has no SHA-256") }
    let inbox = LogInbox(maximumBytes: settings.maximumBytes)
    let writer = Mutex(
      LogWriter(destination: destination, settings: settings, inbox: inbox, digest: digest, report: report))
    if !opensLater { try writer.withLock { writer throws(LogFailure) in try writer.open() } }
    self.inbox = inbox
    self.report = report
    let (ended, box) = (ended, Box(writer))
    ended.enter()
    let isStarted = WriterThread.start {
      // Held for as long as the thread runs: the writer is its alone.
      box.writer.withLock { $0.run() }
      ended.leave()
    }
    guard isStarted else {
      ended.leave()
      throw LogFailure("the system has no thread to give")
    }
  }

  deinit { inbox.close() }

  /// Takes one line: a JSON object on one line that begins with `time` and has no keys `log`, `seq`, `event` and `hash`.
  public func write(_ body: [UInt8]) { if inbox.put(body) { report(.losing) } }

  /// Whether the last write has failed, or there is little room left, as where a write hangs.
  public var isFailing: Bool {
    inbox.isFailing.load(ordering: .relaxed) || inbox.isFull.load(ordering: .relaxed)
      || inbox.isFilling.load(ordering: .relaxed)
  }

  /// How many lines had no room, since the start.
  public var lostLines: UInt64 { inbox.lost }

  /// How many lines wait to be written.
  public var waitingLines: Int { inbox.waitingLines }

  /// Ends the log: writes what waits, a checkpoint and the last line, for at most `milliseconds`, then calls `done`, once,
  /// on a thread of its own, with whether all of it was written.
  public func close(within milliseconds: Int, _ done: @escaping @Sendable (Bool) -> Void) {
    inbox.close()
    let (ended, inbox, report) = (ended, inbox, report)
    DispatchQueue.global().async {
      let isInTime = ended.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
      inbox.isAbandoned.store(true, ordering: .relaxed)
      let left = inbox.waitingLines
      if left > 0 { report(.abandoned(lines: left)) }
      done(isInTime && left == 0)
    }
  }

  /// A lock can't be captured, a reference to one can.
  private final class Box: Sendable {
    let writer: Mutex<LogWriter>

    init(_ writer: consuming sending Mutex<LogWriter>) { self.writer = writer }
  }
}
