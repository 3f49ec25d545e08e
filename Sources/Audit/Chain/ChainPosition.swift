/// One line of one chain.
public struct ChainPosition: Hashable, Sendable {
  /// The chain's id: 16 hexadecimal digits.
  public var log: String
  /// The line's number in its chain, from 0.
  public var seq: UInt64
  /// The line's hash: 64 hexadecimal digits.
  public var hash: String

  /// The line `seq` of the chain `log`, whose hash is `hash`.
  public init(log: String, seq: UInt64, hash: String) {
    self.log = log
    self.seq = seq
    self.hash = hash
  }
}

extension ChainPosition {
  /// The place of a line; nil for a text that is no line of a chain.
  public init?(line: String) {
    guard let line = ChainedLine(Array(line.utf8)[...]) else { return nil }
    self = line.position
  }
}
