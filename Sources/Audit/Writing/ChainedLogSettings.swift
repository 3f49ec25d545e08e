/// How a chained log is written.
public struct ChainedLogSettings: Sendable {
  /// What the chain says of its writer: a version.
  public var service: String
  /// The most bytes of lines that wait to be written.
  public var maximumBytes: Int
  /// The time from one checkpoint to the next while lines are written; ten times as long while none are.
  public var checkpointSeconds: Int
  /// What signs checkpoints; nil leaves them unsigned.
  public var signer: CheckpointSigner?
  /// How long lines gather after a write before the next one, in milliseconds.
  public var gatherMilliseconds: Int
  /// The time of now, as RFC 3339 spells it in UTC with milliseconds.
  public var time: @Sendable () -> String

  /// What suits a service.
  public init(
    service: String, maximumBytes: Int = 4 << 20, checkpointSeconds: Int = 60, signer: CheckpointSigner? = nil,
    gatherMilliseconds: Int = 10, time: @escaping @Sendable () -> String
  ) {
    self.service = service
    self.maximumBytes = maximumBytes
    self.checkpointSeconds = checkpointSeconds
    self.signer = signer
    self.gatherMilliseconds = gatherMilliseconds
    self.time = time
  }
}
