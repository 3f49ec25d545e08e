/// An outcome and the rule it came from; there is none without.
public enum Decision: Hashable, Sendable {
  case allow(Rule.Allowing)
  case deny(Rule.Denying)

  /// The rule's name, for the log.
  public var rule: String {
    switch self {
    case .allow(let rule): rule.rawValue
    case .deny(let rule): rule.rawValue
    }
  }
}

/// The rules that a decision can rest on. Allowing and denying ones are types of their own, so that neither can stand
/// where the other belongs.
public enum Rule {
  /// Why something is allowed.
  public enum Allowing: String, CaseIterable, Sendable {
    /// A present member whose role, match and state pass the action's guard.
    case memberMay = "member_may"
    /// A good token of a person in good standing.
    case tokenHolderMay = "token_holder_may"
  }

  /// Why something is refused.
  public enum Denying: String, CaseIterable, Sendable {
    case bannedFromService = "banned_from_service"
    case tokenRevoked = "token_revoked"
    case noSuchMatch = "no_such_match"
    case notAMember = "not_a_member"
    case removedFromMatch = "removed_from_match"
    case leftTheMatch = "left_the_match"
    case roleMayNot = "role_may_not"
    case matchNotOpen = "match_not_open"
    case muted = "muted"
  }
}
