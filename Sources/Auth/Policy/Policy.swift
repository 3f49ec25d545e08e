/// Who may do what: rules, and the one function that applies them. A value; nothing in it reads or writes.
///
/// Some things hold under every policy, and no rule can lift them: who is banned may nothing, a revoked token opens nothing,
/// and in a match only its present members may anything.
public struct Policy: Hashable, Sendable {
  /// The roles there are, in the order in which they are shown.
  public let roles: [MemberRole]
  /// The rules, in the order in which they are looked at.
  public let rules: [PolicyRule]
  private let enforced: RuleTable
  /// Nil where no rule is in shadow.
  private let shadowed: RuleTable?

  /// A policy of these rules. Where two of them allow the same, the first one is named; a rule that denies comes before
  /// any that allows.
  public init(roles: [MemberRole], rules: [PolicyRule]) {
    self.roles = roles
    self.rules = rules
    enforced = RuleTable(rules: rules.filter { $0.mode == .enforce }, roles: roles)
    shadowed = rules.contains { $0.mode == .shadow } ? RuleTable(rules: rules, roles: roles) : nil
  }

  /// The guard that Storage is to apply for `operation`.
  public func `guard`(for operation: Operation) -> Guard { enforced[operation].guard }

  /// Whether `operation` is allowed on these facts. What no rule allows is refused.
  public func decide(_ operation: Operation, on facts: Facts) -> Decision {
    decide(operation, as: operation.scope, on: facts)
  }

  /// Whether one match is in the answer of an operation whose scope is ``Operation/Scope/matches``, decided as if it were
  /// asked of that match alone; of any other operation what ``decide(_:on:)`` says.
  public func decide(_ operation: Operation, ofOneMatch facts: Facts) -> Decision {
    decide(operation, as: operation.scope == .matches ? .match : operation.scope, on: facts)
  }

  private func decide(_ operation: Operation, as scope: Operation.Scope, on facts: Facts) -> Decision {
    let outcome = Self.outcome(of: operation, as: scope, on: facts, by: enforced)
    var shadow: Decision.Outcome?
    if let shadowed {
      let other = Self.outcome(of: operation, as: scope, on: facts, by: shadowed)
      if other.isAllowed != outcome.isAllowed { shadow = other }
    }
    return Decision(operation: operation, facts: facts, outcome: outcome, shadow: shadow)
  }

  private static func outcome(
    of operation: Operation, as scope: Operation.Scope, on facts: Facts, by table: RuleTable
  ) -> Decision.Outcome {
    for check in Check.all(of: scope) {
      if let reason = check.refusal(of: operation, on: facts) { return .deny(reason, rule: nil) }
    }
    let entry = table[operation]
    guard scope == .match else {
      return entry.everybody.map { .allow(rule: $0) } ?? .deny(.nobodyMay, rule: entry.nobody)
    }
    // The checks before this leave nobody without a seat.
    guard let seat = facts.seat else { return .deny(.factsMissing, rule: nil) }
    if let rule = entry.allowing[seat] { return .allow(rule: rule) }
    return .deny(reason(against: seat, entry), rule: entry.denying[seat])
  }

  /// What would have to be otherwise: the role before the match, the match before the member.
  private static func reason(against seat: Seat, _ entry: RuleTable.Entry) -> Decision.Reason {
    guard entry.roles.contains(seat.role) else { return .roleMayNot }
    guard entry.states.contains(Seat(role: seat.role, match: seat.match, isMuted: false)) else { return .matchNotOpen }
    return .muted
  }
}

extension Policy {
  /// One who nobody passes: what holds where a policy could not be read.
  public static let nothing = Policy(roles: [], rules: [])
}
