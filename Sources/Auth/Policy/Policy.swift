/// Who may do what in a match: a guard for each action, and the one function that applies it.
public struct Policy: Sendable {
  /// What can be done in a match.
  public enum Action: String, CaseIterable, Sendable {
    /// Listening to the room, and going on listening.
    case subscribe
    /// Saying something in it.
    case publish
    /// Reading what was said.
    case history
    /// Saying how far one has read.
    case read
    /// Saying something else in place of what one said.
    case edit
    /// Taking back what one said.
    case delete
    /// Asking moderators to look at what was said.
    case report
  }

  private let guards: [Action: Guard]

  /// An action without a guard is refused to everybody.
  public init(guards: [Action: Guard]) { self.guards = guards }

  /// Members of an open match listen and write, unless muted; a closed or cancelled one they may still read, and report
  /// what was said there. Their own words the muted may take back too, and everybody in a match that is closed.
  public static let standard = Policy(guards: [
    .subscribe: Guard(states: [.open], roles: Set(MemberRole.allCases), allowsMuted: true),
    .publish: Guard(states: [.open], roles: Set(MemberRole.allCases), allowsMuted: false),
    .history: Guard(states: Set(MatchState.allCases), roles: Set(MemberRole.allCases), allowsMuted: true),
    .read: Guard(states: Set(MatchState.allCases), roles: Set(MemberRole.allCases), allowsMuted: true),
    .edit: Guard(states: [.open], roles: Set(MemberRole.allCases), allowsMuted: false),
    .delete: Guard(states: [.open, .closed], roles: Set(MemberRole.allCases), allowsMuted: true),
    .report: Guard(states: Set(MatchState.allCases), roles: Set(MemberRole.allCases), allowsMuted: true),
  ])

  /// The guard that Storage is to apply for `action`; one that nobody passes where the policy has none.
  public func `guard`(for action: Action) -> Guard {
    guards[action] ?? .nobody
  }

  /// Whether `action` is allowed on these facts, and by or against which rule.
  ///
  /// The order is what a stranger learns: until somebody is known to be a member, every refusal is the same ``Rule/notAMember``
  /// or one that answers alike.
  public func decide(_ action: Action, on facts: MembershipFacts) -> Decision {
    let needed = self.guard(for: action)
    if facts.isBanned { return .deny(.bannedFromService) }
    guard let state = facts.matchState else { return .deny(.noSuchMatch) }
    guard let role = facts.role else { return .deny(.notAMember) }
    if facts.isRemoved { return .deny(.removedFromMatch) }
    if facts.hasLeft { return .deny(.leftTheMatch) }
    guard needed.roles.contains(role) else { return .deny(.roleMayNot) }
    guard needed.states.contains(state) else { return .deny(.matchNotOpen) }
    if facts.isMuted && !needed.allowsMuted { return .deny(.muted) }
    return .allow(.memberMay)
  }

  /// Whether a connection may begin or go on.
  public func decideConnection(on facts: StandingFacts) -> Decision {
    if facts.isBanned { return .deny(.bannedFromService) }
    if facts.isTokenRevoked { return .deny(.tokenRevoked) }
    return .allow(.tokenHolderMay)
  }
}
