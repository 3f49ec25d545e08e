/// How often something may happen: `count` times in `periodMilliseconds`, evenly refilled, with a burst of as many at
/// once. Written `25/10s`.
public struct RateLimit: Hashable, Sendable, CustomStringConvertible {
  /// Events in a period, which is also the burst.
  public let count: Int
  /// The period, in milliseconds.
  public let periodMilliseconds: Int

  /// Nil where `count` is not in 1…1 000 000 or the period not in 1 ms…1 day, or where an event would cost less than a
  /// microsecond.
  public init?(count: Int, periodMilliseconds: Int) {
    guard (1...1_000_000).contains(count), (1...86_400_000).contains(periodMilliseconds),
      periodMilliseconds * 1_000 >= count
    else { return nil }
    self.count = count
    self.periodMilliseconds = periodMilliseconds
  }

  /// Reads `<count>/<period>`, the period a whole number with `ms`, `s`, `m` or `h`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]) else { return nil }
    let units: [(suffix: String, milliseconds: Int)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
    for unit in units where parts[1].hasSuffix(unit.suffix) {
      guard let number = Int(parts[1].dropLast(unit.suffix.count)), (1...86_400_000).contains(number) else {
        return nil
      }
      self.init(count: count, periodMilliseconds: number * unit.milliseconds)
      return
    }
    return nil
  }

  /// The time one event costs, in microseconds.
  var cost: Int { periodMilliseconds * 1_000 / count }
  /// The time a full burst costs, in microseconds.
  var burst: Int { cost * count }

  /// The value in words, for logs and messages.
  public var description: String {
    periodMilliseconds % 1_000 == 0 ? "\(count)/\(periodMilliseconds / 1_000)s" : "\(count)/\(periodMilliseconds)ms"
  }
}
