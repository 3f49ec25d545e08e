#if canImport(Glibc)
  internal import Glibc
#endif

/// A point in monotonic time at which waiting ends. It does not follow the wall clock, so a clock set back or forward
/// neither stretches nor cuts a wait.
public struct Deadline: Comparable, Sendable {
  /// Nanoseconds of `CLOCK_MONOTONIC`.
  public let nanoseconds: UInt64

  /// A deadline at a reading of `CLOCK_MONOTONIC`.
  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// `milliseconds` from now.
  public static func after(milliseconds: Int) -> Deadline {
    Deadline(nanoseconds: now + UInt64(max(0, milliseconds)) * 1_000_000)
  }

  /// The reading of `CLOCK_MONOTONIC`, in nanoseconds.
  public static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Whether the point has passed.
  public var hasPassed: Bool { Self.now >= nanoseconds }

  /// What is left, in whole milliseconds rounded up; 0 once it has passed. The unit of `poll(2)`.
  public var millisecondsLeft: Int32 {
    let now = Self.now
    guard now < nanoseconds else { return 0 }
    return Int32(clamping: (nanoseconds - now + 999_999) / 1_000_000)
  }

  /// What is left, in nanoseconds; 0 once it has passed.
  var nanosecondsLeft: UInt64 {
    let now = Self.now
    return now < nanoseconds ? nanoseconds - now : 0
  }

  /// The earlier of the two.
  public func orEarlier(_ other: Deadline) -> Deadline { min(self, other) }

  /// Whether the left one is earlier.
  public static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}
