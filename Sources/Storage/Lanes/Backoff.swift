/// How long to wait before the next attempt to connect: doubling, with jitter, so that the instances that lost one
/// server do not come back to it in step.
struct Backoff {
  static let shortestMilliseconds = 50
  static let longestMilliseconds = 2_000

  private var milliseconds = Self.shortestMilliseconds

  /// The next wait: between half of the step and the whole of it.
  mutating func next() -> Int {
    let step = milliseconds
    milliseconds = min(step * 2, Self.longestMilliseconds)
    return Int.random(in: step / 2...step)
  }

  /// Called when a connection held.
  mutating func reset() { milliseconds = Self.shortestMilliseconds }
}
