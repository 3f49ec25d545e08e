import Logging
import Synchronization

/// Says in the log that requests come without the caller's secret: at a rotation gone wrong every hook fails so, and the
/// callers' log is another machine's. Once in ten seconds at most, as strangers must not be able to fill it.
final class StrangerWarning: Sendable {
  private static let interval: UInt64 = 10_000_000_000
  private let logger: Logger
  private let quietUntil = Atomic<UInt64>(0)

  init(_ logger: Logger) { self.logger = logger }

  /// Notes a request; `time` is a reading of `CLOCK_MONOTONIC` in nanoseconds.
  func note(at time: UInt64) {
    let until = quietUntil.load(ordering: .relaxed)
    guard time >= until else { return }
    let (isOurs, _) = quietUntil.compareExchange(
      expected: until, desired: time + Self.interval, ordering: .relaxed)
    if isOurs {
      logger.warning("a request without the caller's secret: is PROXYHOOKS_SECRET the one Centrifugo was given?")
    }
  }
}
