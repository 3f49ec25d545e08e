public import Logging
import Storage
import Synchronization

/// Holds the policy in force, and replaces it by what its file has become.
public final class PolicyKeeper: Sendable {
  private struct Seen {
    /// The bytes at the last look.
    var last: [UInt8]?
    /// Those that were taken, or refused, last.
    var judged: [UInt8]?
  }

  private let source: PolicySource
  private let log: Logger
  private let document: Mutex<(current: PolicyDocument, since: UTCTime)>
  private let seen: Mutex<Seen>
  private let taken = Counter()
  private let refused = Counter()

  /// Holds `source`'s policy.
  public init(_ source: PolicySource, log: Logger) {
    self.source = source
    self.log = log
    document = Mutex((source.document, .now))
    seen = Mutex(Seen(last: source.bytes, judged: source.bytes))
  }

  /// The policy in force.
  public var current: PolicyDocument { document.withLock { $0.current } }

  /// The policy in force, and what there is to say of it.
  var inForce: PolicyInForce {
    let (current, since) = document.withLock { $0 }
    return PolicyInForce(
      document: current, since: since, path: source.path, reloads: (taken: taken.value, refused: refused.value))
  }

  /// Looks at the file and takes it if it has changed and is good; else what is in force stays. Blocks; not for an event
  /// loop.
  ///
  /// - Parameter isAsked: whether somebody wants it read now. Without it a change is read at the second look that sees it, as
  ///   an editor writes a file in pieces.
  func look(isAsked: Bool = false) {
    guard let path = source.path else { return }
    seen.withLock { seen in
      let bytes = source.read(path)
      if !isAsked {
        defer { seen.last = bytes }
        guard bytes == seen.last, bytes != seen.judged else { return }
      }
      seen.last = bytes
      let isNew = bytes != seen.judged
      seen.judged = bytes
      take(bytes, tells: isNew || isAsked)
    }
  }

  private func take(_ bytes: [UInt8]?, tells: Bool) {
    let old = current
    do throws(PolicyFileError) {
      guard let bytes else { throw PolicyFileError(whole: "the file can't be read") }
      let new = try PolicyDocument(bytes: bytes)
      guard new.namespaces == old.namespaces else {
        throw PolicyFileError(
          whole: "`namespaces` has other names than at the start; run `proxyhooks migrate` and restart the service")
      }
      guard new.version != old.version else {
        return log.info("the policy file is as it was", metadata: ["policy": "\(old.version)"])
      }
      document.withLock { $0 = (new, .now) }
      taken.increment()
      log.notice("the policy was replaced", metadata: ["policy": "\(new.version)", "before": "\(old.version)"])
    } catch {
      guard tells else { return }
      refused.increment()
      for problem in error.problems {
        log.error(
          "a changed policy file is not used; the old policy stays",
          metadata: [
            "policy": "\(old.version)", "why": "\(problem)",
          ])
      }
    }
  }

  /// The policy's version, and what became of changed files.
  func addMetrics(to metrics: Metrics) {
    for (result, count) in [("taken", taken), ("refused", refused)] {
      metrics.addCounter(
        "proxyhooks_policy_reloads_total", help: "Changed policy files, by what became of them.",
        labels: ["result": result]
      ) { Double(count.value) }
    }
  }
}
