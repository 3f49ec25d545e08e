/// The bounds of a lane.
public struct LaneLimits: Sendable {
  /// The most jobs that may wait; one more is refused at once.
  public var waiting: Int
  /// The most jobs in a batch.
  public var batch: Int
  /// The time a job must have left to be begun, in milliseconds: above what the server needs for a batch, as the
  /// earliest deadline in a batch is the batch's.
  public var leastMilliseconds: Int
  /// The time an attempt to connect may take, in milliseconds. Looking up a host's name is not within it: libpq and the
  /// resolver do that in their own time, while the lane has no connection and refuses its work at once.
  public var connectMilliseconds: Int

  /// Bounds that suit one instance on one machine, unless said otherwise.
  public init(waiting: Int = 1_024, batch: Int = 128, leastMilliseconds: Int = 100, connectMilliseconds: Int = 2_000) {
    self.waiting = waiting
    self.batch = batch
    self.leastMilliseconds = leastMilliseconds
    self.connectMilliseconds = connectMilliseconds
  }
}
