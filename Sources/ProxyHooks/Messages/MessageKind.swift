/// What a message can be.
public enum MessageKind: String, CaseIterable, Sendable {
  /// Something written.
  case text
  /// A place.
  case location
}
