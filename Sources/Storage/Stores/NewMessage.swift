public import Auth

/// A message as its sender wrote it, checked and not yet stored.
public struct NewMessage: Sendable {
  /// What it says.
  public enum Content: Hashable, Sendable {
    /// Text without NUL.
    case text(String)
    /// A place, in degrees (WGS 84).
    case location(latitude: Double, longitude: Double)
  }

  /// The room.
  public let match: MatchID
  /// The id its client gave it; unique in the room.
  public let id: MessageID
  /// Who wrote it.
  public let sender: UserID
  /// What it says.
  public let content: Content

  /// A message that has been checked.
  public init(match: MatchID, id: MessageID, sender: UserID, content: Content) {
    self.match = match
    self.id = id
    self.sender = sender
    self.content = content
  }
}
