/// The bounds of a lane.
public struct LaneLimits: Sendable {
  /// The most jobs that may wait; one more is refused at once.
  public var waiting: Int
  /// The most jobs in a batch.
  public var batch: Int
  /// The time an attempt to connect may take, in milliseconds.
  public var connectMilliseconds: Int

  /// Bounds that suit one instance on one machine, unless said otherwise.
  public init(waiting: Int = 1_024, batch: Int = 128, connectMilliseconds: Int = 2_000) {
    self.waiting = waiting
    self.batch = batch
    self.connectMilliseconds = connectMilliseconds
  }
}
