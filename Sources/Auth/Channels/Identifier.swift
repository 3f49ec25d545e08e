/// The grammar shared by every id of the service: users, matches, namespaces.
///
/// 1 to 64 characters out of `A–Z a–z 0–9 . _ @ -`. Centrifugo itself accepts nearly anything in a channel name; no
/// separator (`:`, `#`, `,`, `*`, `$`, `&`, `/`) is in the grammar, so an id never changes what a channel name means.
public enum Identifier {
  /// The longest id, in characters, which are bytes in this grammar.
  public static let maximumLength = 64

  /// Whether `text` is an id.
  public static func isValid(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    guard (1...maximumLength).contains(bytes.count) else { return false }
    return bytes.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// A person's id, the token's `sub`.
public struct UserID: Hashable, Sendable, CustomStringConvertible {
  /// The id's text, which follows ``Identifier``.
  public let text: String

  /// Nil where `text` does not follow ``Identifier``; Centrifugo's anonymous user (`""`) is never one.
  public init?(_ text: String) {
    guard Identifier.isValid(text) else { return nil }
    self.text = text
  }

  /// The id itself.
  public var description: String { text }
}

/// A match's id; its room has the same.
public struct MatchID: Hashable, Sendable, CustomStringConvertible {
  /// The id's text, which follows ``Identifier``.
  public let text: String

  /// Nil where `text` does not follow ``Identifier``.
  public init?(_ text: String) {
    guard Identifier.isValid(text) else { return nil }
    self.text = text
  }

  /// The id itself.
  public var description: String { text }
}
