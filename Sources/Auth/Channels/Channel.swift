/// The two kinds of channel the service knows, and the only reader and writer of their names.
///
/// A name is `<namespace>:<id>`. Whatever else Centrifugo would take (no namespace, two separators, `#`, a private `$`)
/// is no channel of ours and is refused by the hooks.
public enum Channel: Hashable, Sendable {
  /// A match's room, `match:<match id>`.
  case match(MatchID)
  /// A person's own channel, `user:<user id>`: server-side subscriptions only.
  case user(UserID)

  /// How the namespaces are called in Centrifugo's configuration.
  public struct Namespaces: Hashable, Sendable {
    /// The namespace of rooms.
    public let match: String
    /// The namespace of personal channels.
    public let user: String

    /// The names this service ships its configuration with.
    public static let standard = Namespaces(uncheckedMatch: "match", uncheckedUser: "user")

    /// Nil where a name does not follow ``Identifier`` or both are the same.
    public init?(match: String, user: String) {
      guard Identifier.isValid(match), Identifier.isValid(user), match != user else { return nil }
      self.init(uncheckedMatch: match, uncheckedUser: user)
    }

    private init(uncheckedMatch match: String, uncheckedUser user: String) {
      self.match = match
      self.user = user
    }
  }

  /// Reads a channel's name; nil where it is none of ours.
  public init?(_ name: String, in namespaces: Namespaces = .standard) {
    // In bytes throughout: a Character may be a colon with marks on it, and equal strings may be spelled differently.
    let bytes = name.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let namespace = bytes[..<colon]
    guard let id = String(bytes[bytes.index(after: colon)...]) else { return nil }
    if namespace.elementsEqual(namespaces.match.utf8), let match = MatchID(id) {
      self = .match(match)
    } else if namespace.elementsEqual(namespaces.user.utf8), let user = UserID(id) {
      self = .user(user)
    } else {
      return nil
    }
  }

  /// The channel's name as Centrifugo has it.
  public func name(in namespaces: Namespaces = .standard) -> String {
    switch self {
    case .match(let id): "\(namespaces.match):\(id.text)"
    case .user(let id): "\(namespaces.user):\(id.text)"
    }
  }
}
