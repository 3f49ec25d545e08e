/// A point up to which a chain is vouched for: what is signed, and what is told to another log.
public struct Checkpoint: Hashable, Sendable {
  /// The checkpoint's own line.
  public var position: ChainPosition
  /// The hash of the line before it.
  public var previous: String
  /// When, as the line says it.
  public var time: String
  /// The signing key's id; nil for a chain that nobody signs.
  public var key: String?
  /// An Ed25519 signature (RFC 8032) in base64url; nil for a chain that nobody signs.
  public var signature: String?

  /// What is signed: the format's name, the chain, the line's number, the hash before it and the time, each followed by a
  /// line feed. The name keeps what is signed here from meaning anything elsewhere.
  public static func statement(log: String, seq: UInt64, previous: String, time: String) -> [UInt8] {
    Array("proxyhooks decision log checkpoint v1\n\(log)\n\(seq)\n\(previous)\n\(time)\n".utf8)
  }

  /// ``statement(log:seq:previous:time:)`` of this one.
  var statement: [UInt8] {
    Self.statement(log: position.log, seq: position.seq, previous: previous, time: time)
  }
}
