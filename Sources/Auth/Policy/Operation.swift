/// What a person can ask for: the six hooks of Centrifugo and the methods of its rpc hook. The words are those of the
/// policy file.
public enum Operation: String, CaseIterable, Sendable {
  // Hooks.
  case connect
  case refresh
  case subscribe
  case subRefresh = "sub_refresh"
  case publish

  // Methods of the rpc hook.
  case send = "chat:send"
  case history = "chat:history"
  case rooms = "chat:rooms"
  case read = "chat:read"
  case edit = "chat:edit"
  case delete = "chat:delete"
  case report = "chat:report"
  case block = "chat:block"
  case unblock = "chat:unblock"
  case presence = "chat:presence"
  case typing = "chat:typing"

  /// What must be known of a person before an operation can be allowed.
  public enum Scope: Sendable {
    /// That they hold a good token: nothing of theirs begins or goes on without one.
    case token
    /// That they are in good standing with the service.
    case person
    /// That; and of each of their matches whether it is in the answer is decided by itself, from their seat in it.
    case matches
    /// That, and that they are a present member of the match, and as what.
    case match
  }

  /// The scope.
  public var scope: Scope {
    switch self {
    case .connect, .refresh: .token
    case .block, .unblock: .person
    case .rooms: .matches
    case .subscribe, .subRefresh, .publish, .send, .history, .read, .edit, .delete, .report, .presence, .typing:
      .match
    }
  }

  /// Whether rules speak of seats when they speak of it.
  public var hasSeats: Bool { scope == .match || scope == .matches }

  /// The method of the rpc hook, where it is one.
  public init?(method: String) {
    guard method.utf8.contains(UInt8(ascii: ":")) else { return nil }
    self.init(rawValue: method)
  }
}
