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

  // What this service refuses beyond RFC 8259, as options only so that a conformance suite can run without it.

  /// Lets `\u0000` pass. Never for data of ours: PostgreSQL's text has no NUL, and libpq cuts at it.
  package var allowsNUL = false
  /// Lets a key stand twice; the first is then found. Never for data of ours: other readers find the last.
  package var allowsDuplicateKeys = false
  /// The most characters of a number; neither `Double` nor `Int64` needs half of them.
  package var maximumNumberLength = 64

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
