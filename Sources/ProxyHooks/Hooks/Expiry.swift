import Storage

/// When connections and subscriptions are looked at again.
public struct Expiry: Hashable, Sendable {
  /// How long a connection goes on between two looks, in seconds.
  public var connectionSeconds: Int64
  /// How long a subscription goes on between two looks, in seconds.
  public var subscriptionSeconds: Int64

  /// Spans of `connectionSeconds` and `subscriptionSeconds`.
  public init(connectionSeconds: Int64 = 300, subscriptionSeconds: Int64 = 120) {
    self.connectionSeconds = connectionSeconds
    self.subscriptionSeconds = subscriptionSeconds
  }

  /// The Unix second at which a span that begins `now` ends: up to a tenth early, so that those who came together, as
  /// after a restart, do not come back together.
  static func end(of seconds: Int64, from now: Int64) -> Int64 {
    // Nobody gains by guessing it, so it need not be the system's randomness, which is a system call: where in its
    // nanoseconds a moment lies, spread over all bits.
    let spread = (Deadline.now &* 0x9E37_79B9_7F4A_7C15) >> 33
    return now + max(1, seconds - Int64(spread % UInt64(max(0, seconds / 10) + 1)))
  }
}
