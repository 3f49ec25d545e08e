import Logging
import Synchronization

/// Warns once in ten seconds at most, of what strangers can bring about: they must not be able to fill the log.
final class RareWarning: Sendable {
  private static let interval: UInt64 = 10_000_000_000
  private let logger: Logger
  private let quietUntil = Atomic<UInt64>(0)

  init(_ logger: Logger) { self.logger = logger }

  /// Notes an event; `time` is a reading of `CLOCK_MONOTONIC` in nanoseconds.
  func note(
    at time: UInt64, _ message: @autoclosure () -> Logger.Message, metadata: @autoclosure () -> Logger.Metadata? = nil
  ) {
    let until = quietUntil.load(ordering: .relaxed)
    guard time >= until else { return }
    let (isOurs, _) = quietUntil.compareExchange(
      expected: until, desired: time + Self.interval, ordering: .relaxed)
    if isOurs { logger.warning(message(), metadata: metadata()) }
  }
}
