/// Takes the record of every hook to the metrics and the log.
public struct HookObserver: Sendable {
  /// Where hooks are counted.
  public let metrics: Metrics
  /// Where they are written down; nil writes nothing.
  public let log: DecisionLog?
  /// Where the console has the latest; nil where there is no console.
  var ring: DecisionRing?

  private let policies: PolicyKeeper?

  /// Counts in `metrics` and writes to `log`.
  ///
  /// - Parameter policies: what was in force when a hook was refused before any policy was asked.
  public init(metrics: Metrics, log: DecisionLog?, policies: PolicyKeeper? = nil) {
    self.metrics = metrics
    self.log = log
    self.policies = policies
  }

  /// Whether a record is kept: else nothing but its numbers is looked at.
  var keepsRecords: Bool { log?.isWritten == true || ring != nil }

  /// Counts and logs one hook. To be called once for each, by whoever decided it.
  public func record(_ record: HookRecord) {
    metrics.count(record)
    guard keepsRecords else { return }
    var judged = record
    if judged.policy.isEmpty, let policies { judged.policy = policies.current.version }
    log?.write(judged)
    ring?.add(judged)
  }
}
