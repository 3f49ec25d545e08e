import Audit
public import Logging
public import Storage

/// Writes down every decision, and none is sampled: chained, so that a line that is changed or taken out shows.
///
/// Nobody waits for it. What can't be written waits, up to a bound, and is counted beyond it.
public final class DecisionLog: Sendable {
  private let chained: ChainedLog?
  private let refusesWhenFull: Bool
  private let log: Logger

  /// How long the end of the process may wait for the last lines, in milliseconds.
  private static let closeMilliseconds = 5_000

  /// Starts the log.
  ///
  /// - Parameters:
  ///   - database: where the table is, for a log in PostgreSQL; without it such a log can't be begun.
  ///   - version: the service's.
  ///   - output: the service's own log, which takes turns with this one on standard error.
  ///   - log: is told of checkpoints and of what goes wrong.
  /// - Throws: `LogFailure`, where the destination can't be written. A database that is away is waited for.
  public init(
    settings: DecisionLogSettings, database: DatabaseSettings?, version: String, output: LogOutput = .standardError,
    log: Logger
  ) throws {
    refusesWhenFull = settings.refusesWhenFull
    self.log = log
    let chain = ChainedLogSettings(
      service: version, maximumBytes: settings.maximumBytes, checkpointSeconds: settings.checkpointSeconds,
      signer: settings.signer, time: { UTCTime.now.rfc3339 })
    // On standard error a checkpoint stands in the log itself: there is no other place to tell it to.
    let tellsCheckpoints = settings.destination != .standardError
    let report: @Sendable (LogNotice) -> Void = { notice in
      if case .checkpoint = notice, !tellsCheckpoints { return }
      log.say(notice)
    }
    switch settings.destination {
    case .off: chained = nil
    case .standardError:
      chained = try ChainedLog(
        to: StreamDestination(descriptor: 2, alone: { output.whileQuiet($0) }), settings: chain, report: report)
    case .standardOutput:
      chained = try ChainedLog(to: StreamDestination(descriptor: 1), settings: chain, report: report)
    case .directory(let path):
      chained = try ChainedLog(
        to: DirectoryDestination(path: path, fileBytes: settings.fileBytes, filesKept: settings.filesKept),
        settings: chain, report: report)
    case .postgresql:
      guard let database else { throw LogFailure("there is no database") }
      chained = try ChainedLog(
        to: DecisionLogTable(url: database.url), settings: chain, opensLater: true, report: report)
    }
  }

  /// Takes what was decided, and returns at once.
  public func write(_ record: HookRecord) { chained?.write(RecordLine.bytes(record, at: .now)) }

  /// Whether there is one: settings can say `off`.
  var isWritten: Bool { chained != nil }

  /// Whether nothing should be decided now, since it could not be written down.
  public var isRefusing: Bool { refusesWhenFull && isFailing }

  private var isFailing: Bool { chained?.isFailing ?? false }

  /// How the log is: `degraded` or `down` while it can't be written; nil where there is none.
  public var readiness: Readiness.Component? {
    chained == nil
      ? nil : Readiness.Component(name: "decision_log", state: isFailing ? (refusesWhenFull ? .down : .degraded) : .up)
  }

  /// Adds what waits, what is lost and whether the log can't be written.
  public func addMetrics(to metrics: Metrics) {
    guard let chained else { return }
    metrics.addCounter("proxyhooks_decisions_lost_total", help: "Decisions that the decision log had no room for.") {
      Double(chained.lostLines)
    }
    metrics.addGauge("proxyhooks_decisions_waiting", help: "Decisions that are not written down yet.") {
      Double(chained.waitingLines)
    }
    metrics.addGauge("proxyhooks_decision_log_failing", help: "1 while the decision log can't be written.") {
      chained.isFailing ? 1 : 0
    }
  }

  /// Writes what waits and ends the log, within five seconds.
  public func close() async {
    guard let chained else { return }
    await withCheckedContinuation { continuation in
      chained.close(within: Self.closeMilliseconds) { _ in continuation.resume() }
    }
  }
}

extension Logger {
  /// What the decision log has to say, in the service's own log.
  fileprivate func say(_ notice: LogNotice) {
    switch notice {
    case .checkpoint(let checkpoint):
      var metadata: Logger.Metadata = [
        "log": "\(checkpoint.position.log)", "seq": "\(checkpoint.position.seq)", "hash": "\(checkpoint.position.hash)",
        "prev": "\(checkpoint.previous)", "at": "\(checkpoint.time)",
      ]
      if let key = checkpoint.key { metadata["key"] = "\(key)" }
      if let signature = checkpoint.signature { metadata["signature"] = "\(signature)" }
      self.notice("\(LogAnchors.message)", metadata: metadata)
    case .failing(let failure):
      error("the decision log can't be written; decisions wait", metadata: ["why": "\(failure)"])
    case .losing: error("the decision log has no more room; decisions are lost")
    case .recovered(let lost): self.notice("the decision log is written again", metadata: ["lost": "\(lost)"])
    case .torn(let line):
      warning(
        "the decision log ended in the middle of a line", metadata: ["file": "\(line.file)", "bytes": "\(line.bytes)"])
    case .damaged(let file):
      error("the decision log's end is damaged; another chain was begun", metadata: ["file": "\(file)"])
    case .abandoned(let lines): critical("decisions could not be written", metadata: ["count": "\(lines)"])
    }
  }
}
