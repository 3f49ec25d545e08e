/// How long the stages of a hook took, in microseconds; 0 where there was none. What is left of the whole is the service's own
/// work.
public struct HookStages: Hashable, Sendable {
  /// Verifying the token, with the wait for its key.
  public var token: UInt64 = 0
  /// Counting the limits.
  public var limits: UInt64 = 0
  /// Reading facts, and storing.
  public var storage: UInt64 = 0

  /// None yet.
  public init() {}
}
