/// When the source is asked again.
struct KeySchedule {
  private let interval: Duration
  private let firstRetry: Duration
  private let longestRetry: Duration
  private var failures = 0

  /// An issuer's.
  init(_ timing: KeyTiming) {
    interval = timing.interval
    firstRetry = timing.firstRetry
    longestRetry = min(timing.longestRetry, timing.interval)
  }

  /// A file's, which costs as little to ask after a failure.
  init(interval: Duration) {
    self.interval = interval
    firstRetry = interval
    longestRetry = interval
  }

  /// The pause after an answer: a tenth shorter at most, so that instances do not ask in step.
  mutating func afterSuccess() -> Duration {
    failures = 0
    return interval * Double.random(in: 0.9...1)
  }

  /// The pause after no answer: doubling, half of it by chance, never longer than after an answer.
  mutating func afterFailure() -> Duration {
    let doubled = firstRetry * (1 << min(failures, 16))
    failures = min(failures + 1, 16)
    return min(doubled, longestRetry) * Double.random(in: 0.5...1)
  }
}
