import Glibc

/// The wall clock, which tokens and expiry times follow. A value, so that tests can set it.
public struct WallClock: Sendable {
  /// Unix time, in seconds.
  public let now: @Sendable () -> Int64

  /// A clock that says what `now` says.
  public init(now: @escaping @Sendable () -> Int64) { self.now = now }

  /// The system's.
  public static let system = WallClock { Int64(time(nil)) }
}
