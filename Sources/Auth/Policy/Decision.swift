/// What was decided, by which rule, and on which facts.
public struct Decision: Hashable, Sendable {
  /// Allowed by a rule, or refused for a reason. There is no allowance without a rule.
  public enum Outcome: Hashable, Sendable {
    /// The policy's rule of this name allows it.
    case allow(rule: RuleName)
    /// It is refused; the rule is the policy's own where one refuses, else what holds under every policy.
    case deny(Reason, rule: RuleName?)

    /// Whether it is allowed.
    public var isAllowed: Bool { if case .allow = self { true } else { false } }
  }

  /// Why something is refused.
  public enum Reason: String, CaseIterable, Sendable {
    /// What has to be known was not read.
    case factsMissing = "facts_missing"
    case bannedFromService = "banned_from_service"
    case tokenRevoked = "token_revoked"
    case noSuchMatch = "no_such_match"
    case notAMember = "not_a_member"
    case removedFromMatch = "removed_from_match"
    case leftTheMatch = "left_the_match"
    /// No rule lets this role do it, whatever the match's state.
    case roleMayNot = "role_may_not"
    /// A rule would in another state of the match.
    case matchNotOpen = "match_not_open"
    /// A rule would if the member were not muted.
    case muted = "muted"
    /// No rule lets anybody do it.
    case nobodyMay = "nobody_may"
  }

  /// What was asked for.
  public let operation: Operation
  /// What was known.
  public let facts: Facts
  /// What holds.
  public let outcome: Outcome
  /// What would hold if the rules in shadow were enforced; nil where it is the same in outcome.
  public let shadow: Outcome?

  /// Whether it is allowed.
  public var isAllowed: Bool { outcome.isAllowed }

  /// Why it is refused; nil where it is not.
  public var reason: Reason? { if case .deny(let reason, _) = outcome { reason } else { nil } }

  /// A word for the log: the reason, or by what an allowance was earned.
  public var word: String { outcome.word(of: operation) }
}

extension Decision.Outcome {
  /// The rule's name: the policy's own, or the word of what holds under every policy.
  public var ruleName: String {
    switch self {
    case .allow(let rule): rule.text
    case .deny(let reason, let rule): rule?.text ?? reason.rawValue
    }
  }

  func word(of operation: Operation) -> String {
    switch self {
    case .deny(let reason, _): reason.rawValue
    case .allow:
      switch operation.scope {
      case .token: "token_holder_may"
      case .person: "person_may"
      case .match, .matches: "member_may"
      }
    }
  }
}

/// The name of one of a policy's rules. Only a policy makes one, so nothing else can say that a rule allowed.
public struct RuleName: Hashable, Sendable, CustomStringConvertible {
  /// The name as it stands in the policy file.
  public let text: String

  init(_ text: String) { self.text = text }

  /// The name.
  public var description: String { text }
}
