/// How much of a document the parser takes before it refuses. Each limit has a reason of its own in ``JSONError``.
public struct JSONLimits: Sendable {
  /// The longest document, in bytes. Never more than `Int32.max`, whatever is set here.
  public var maximumBytes: Int
  /// How many objects and arrays may stand inside each other; `[]` has a depth of 1, `1` of 0.
  public var maximumDepth: Int
  /// The most members of one object. Also what bounds the search for duplicate keys, which compares each with each.
  public var maximumMembers: Int
  /// The most nodes of the document. Every value is a node, and so is every key.
  public var maximumNodes: Int

  /// Lets `\u0000` pass. For the conformance suite alone: PostgreSQL's text has no NUL, and libpq cuts at it.
  package var allowsNUL = false
  /// Lets a key stand twice; the first is then found. For the conformance suite alone.
  package var allowsDuplicateKeys = false

  /// Limits for one document.
  public init(
    maximumBytes: Int = 65_536, maximumDepth: Int = 16, maximumMembers: Int = 64, maximumNodes: Int = 4_096
  ) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = maximumDepth
    self.maximumMembers = maximumMembers
    self.maximumNodes = maximumNodes
  }

  /// The limits of a hook's body: 64 KiB, 16 deep, 64 members, 4 096 nodes.
  public static let standard = JSONLimits()
}
