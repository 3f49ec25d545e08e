/// Takes the record of every hook to the metrics and the log.
public struct HookObserver: Sendable {
  /// Where hooks are counted.
  public let metrics: Metrics
  /// Where they are written down; nil writes nothing.
  public let log: DecisionLog?

  /// Counts in `metrics` and writes to `log`.
  public init(metrics: Metrics, log: DecisionLog?) {
    self.metrics = metrics
    self.log = log
  }

  /// Counts and logs one hook. To be called once for each, by whoever decided it.
  public func record(_ record: HookRecord) {
    metrics.count(record)
    log?.write(record)
  }
}
