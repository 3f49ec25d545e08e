import StrictJSON

/// Checkpoints as another log has them: what a log must contain that nobody has cut.
public struct LogAnchors: Sendable {
  /// The message of the service's own log under which they are found.
  public static let message = "decision log checkpoint"

  var checkpoints: [String: [UInt64: Checkpoint]] = [:]

  /// None.
  public init() {}

  /// How many there are.
  public var count: Int { checkpoints.values.reduce(0) { $0 + $1.count } }

  /// Takes a line of the service's own log, if it is one with a checkpoint.
  public mutating func add(_ line: ArraySlice<UInt8>) {
    guard let json = ChainedLine.json(line), json["message"]?.string == Self.message,
      let log = json["log"]?.string, let seq = json["seq"]?.string.flatMap({ UInt64($0) }),
      let hash = json["hash"]?.string
    else { return }
    checkpoints[log, default: [:]][seq] = Checkpoint(
      position: ChainPosition(log: log, seq: seq, hash: hash), previous: json["prev"]?.string ?? "",
      time: json["at"]?.string ?? "", key: json["key"]?.string, signature: json["signature"]?.string)
  }
}
