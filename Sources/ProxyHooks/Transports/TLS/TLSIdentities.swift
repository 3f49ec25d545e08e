import Logging
import NIOSSL
import Storage
import Synchronization

/// The listener's TLS: what new handshakes use, replaced when its files are, and the count of who was refused.
public final class TLSIdentities: Sendable {
  private struct Seen {
    /// The files' looks at the last look, the ones that are served, and the ones that were refused.
    var last: [FileStamp?]
    var taken: [FileStamp?]
    var refused: [FileStamp?]?
  }

  let settings: TLSSettings
  private let identity: Mutex<TLSIdentity>
  /// Held while files are read, so never taken on an event loop.
  private let seen: Mutex<Seen>
  private let logger: Logger
  private let now: @Sendable () -> Int64
  private let taken = Counter()
  private let notTaken = Counter()
  private let refusals: [(count: Counter, warning: RareWarning)]

  /// - Parameter now: Unix seconds.
  init(
    _ settings: TLSSettings, metrics: Metrics, logger: Logger,
    now: @escaping @Sendable () -> Int64 = { UTCTime.now.seconds }
  ) {
    self.settings = settings
    self.logger = logger
    self.now = now
    identity = Mutex(settings.identity)
    seen = Mutex(Seen(last: settings.stamps, taken: settings.stamps))
    refusals = TLSRefusal.allCases.map { _ in (Counter(), RareWarning(logger)) }
    for (refusal, (count, _)) in zip(TLSRefusal.allCases, refusals) {
      metrics.addCounter(
        "proxyhooks_tls_refused_total", help: "Connections that ended before a request was read, by reason.",
        labels: ["reason": refusal.rawValue]
      ) { Double(count.value) }
    }
    for (result, count) in [("taken", taken), ("refused", notTaken)] {
      metrics.addCounter(
        "proxyhooks_tls_reloads_total", help: "Changed TLS files, by what became of them.", labels: ["result": result]
      ) { Double(count.value) }
    }
    metrics.addGauge(
      "proxyhooks_tls_certificate_not_after_seconds", help: "When the served certificate ends, in Unix seconds."
    ) { [weak self] in Double(self?.current.notAfter ?? 0) }
  }

  /// What a handshake that begins now uses.
  var current: TLSIdentity { identity.withLock { $0 } }

  /// Unix seconds.
  var unixTime: Int64 { now() }

  /// Looks at the files and takes them if they have changed and are good; else what is served stays. Blocks; not for an
  /// event loop.
  ///
  /// - Parameter isAsked: whether somebody wants them read now, changed or not. Without it a change is read at the second
  ///   look that sees it, as the files of a pair are written one after the other.
  func look(isAsked: Bool = false) {
    seen.withLock { seen in
      let stamps = settings.files.stamps
      if !isAsked {
        defer { seen.last = stamps }
        guard stamps == seen.last, stamps != seen.taken else { return }
      }
      do throws(TLSIdentity.Failure) {
        let fresh = try TLSIdentity(settings.files, now: now())
        // Written to in the meantime: the next look sees that.
        guard settings.files.stamps == stamps else { return }
        identity.withLock { $0 = fresh }
        seen.taken = stamps
        seen.refused = nil
        taken.increment()
        logger.notice("the TLS files were read anew", metadata: ["not_after": "\(fresh.notAfter)"])
      } catch {
        // Tried again at each look, as time may mend it, and told once.
        guard isAsked || seen.refused != stamps else { return }
        seen.refused = stamps
        notTaken.increment()
        for problem in error.problems {
          logger.error(
            "changed TLS files are not used; the old ones stay",
            metadata: ["setting": "\(problem.setting.key)", "why": "\(problem.text)"])
        }
      }
    }
  }

  /// Counts a connection that was refused, and says so now and then.
  ///
  /// - Parameter detail: more for the log, of bounded length, without anything secret.
  func refused(_ refusal: TLSRefusal, detail: @autoclosure () -> String? = nil) {
    for (other, (count, warning)) in zip(TLSRefusal.allCases, refusals) where other == refusal {
      count.increment()
      // Whoever checks that the port is open does that.
      guard refusal != .closed else { return }
      warning.note(
        at: Deadline.now, "\(refusal.message)", metadata: detail().map { ["detail": "\($0)"] })
    }
  }
}
