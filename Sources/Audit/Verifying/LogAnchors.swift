import StrictJSON

/// Checkpoints as another log has them: what a log must contain that nobody has cut.
public struct LogAnchors: Sendable {
  /// The message of the service's own log under which they are found.
  public static let message = "decision log checkpoint"

  var checkpoints: [String: [UInt64: Checkpoint]] = [:]
  /// Lines that a chain names as those it follows.
  var ends: [String: [UInt64: [(hash: String, namedBy: String)]]] = [:]

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

  /// Takes a line with which a chain begins, of which the last line of another may be known by it. For a log whose lines
  /// don't come in the order in which they were written.
  public mutating func add(opening line: ArraySlice<UInt8>) {
    guard let json = ChainedLine.json(line), let log = json["log"]?.string, let end = ChainPosition(after: json) else {
      return
    }
    ends[end.log, default: [:]][end.seq, default: []].append((end.hash, log))
  }
}

extension ChainPosition {
  /// What a chain's first line names in `after`; nil where it names nothing.
  init?(after opening: JSON) {
    guard let after = opening["after"], let log = after["log"]?.string, let hash = after["hash"]?.string,
      let seq = after["seq"]?.integer, seq >= 0
    else { return nil }
    self.init(log: log, seq: UInt64(seq), hash: hash)
  }
}
