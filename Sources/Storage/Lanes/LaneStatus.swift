/// How a lane is doing: for readiness and metrics.
public struct LaneStatus: Sendable {
  /// The lane's name, which is its thread's.
  public let name: String
  /// Whether it takes work.
  public let isConnected: Bool
  /// Jobs that wait for the batch in flight.
  public let waiting: Int
  /// Batches run since the start.
  public let batches: UInt64
  /// Jobs run since the start.
  public let jobs: UInt64
  /// Why there is no connection.
  public let failure: StorageError?
}
