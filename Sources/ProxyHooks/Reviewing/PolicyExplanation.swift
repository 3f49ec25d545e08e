public import Auth

/// A decision step by step: what holds under every policy, then the rules, in the order in which they are looked at.
public struct PolicyExplanation: Sendable {
  /// What a check that holds under every policy said.
  public enum CheckResult: Hashable, Sendable {
    case passed
    /// It is the one that refused.
    case stopped(Decision.Reason)
    /// One before it refused.
    case notReached
  }

  /// What became of a rule.
  public enum RuleResult: Hashable, Sendable {
    /// It decided.
    case decided
    /// It does not speak of this: why.
    case doesNotCover(String)
    /// It speaks of this, and one before it had decided.
    case comesLater
    /// It speaks of this and is in shadow: it decides nothing.
    case inShadow
    /// A check had refused before any rule.
    case notReached
  }

  /// A check and what it said.
  public struct CheckStep: Hashable, Sendable {
    /// What was looked at.
    public let check: Check
    /// What it said.
    public let result: CheckResult
  }

  /// A rule that speaks of the operation, and what became of it.
  public struct RuleStep: Hashable, Sendable {
    /// The rule.
    public let rule: PolicyRule
    /// What became of it.
    public let result: RuleResult
  }

  /// The decision itself.
  public let decision: Decision
  /// Whether it is about one match being in the answer of an operation that lists matches.
  public let isOfOneMatch: Bool
  /// The checks, in their order.
  public let checks: [CheckStep]
  /// The rules that speak of the operation: those that deny, then those that allow.
  public let rules: [RuleStep]
  /// The limits that a call is counted against before all of this; nil in the place of a rule is off.
  public let limits: [(name: LimitName, rule: LimitRules.LimitRule?)]
  /// The policy's version.
  public let version: String

  /// Explains what `document` says of `operation` on `facts`.
  ///
  /// - Parameter isOfOneMatch: whether, of an operation that lists matches, it is asked if the match of `facts` is in the
  ///   answer.
  public init(of operation: Operation, on facts: Facts, isOfOneMatch: Bool = false, under document: PolicyDocument) {
    let policy = document.policy
    let isOfSeat = isOfOneMatch || operation.scope == .match
    self.isOfOneMatch = isOfOneMatch && operation.scope == .matches
    decision = isOfOneMatch ? policy.decide(operation, ofOneMatch: facts) : policy.decide(operation, on: facts)
    version = document.version
    limits = operation.limits.map { ($0, document.limits[$0]) }

    var isStopped = false
    var checks: [CheckStep] = []
    for check in Check.all(of: isOfOneMatch && operation.hasSeats ? .match : operation.scope) {
      if isStopped {
        checks.append(CheckStep(check: check, result: .notReached))
      } else if let reason = check.refusal(of: operation, on: facts) {
        checks.append(CheckStep(check: check, result: .stopped(reason)))
        isStopped = true
      } else {
        checks.append(CheckStep(check: check, result: .passed))
      }
    }
    self.checks = checks

    var hasDecided = false
    rules = policy.rules(about: operation).map { rule in
      guard !isStopped else { return RuleStep(rule: rule, result: .notReached) }
      if let why = rule.gap(operation, facts, isOfSeat: isOfSeat, in: policy) {
        return RuleStep(rule: rule, result: .doesNotCover(why))
      }
      guard rule.mode == .enforce else { return RuleStep(rule: rule, result: .inShadow) }
      defer { hasDecided = true }
      return RuleStep(rule: rule, result: hasDecided ? .comesLater : .decided)
    }
  }
}

extension Policy {
  /// The rules that speak of `operation`, in the order in which they are looked at.
  public func rules(about operation: Operation) -> [PolicyRule] {
    let rules = rules.filter { $0.operations.contains(operation) }
    return rules.filter { $0.effect == .deny } + rules.filter { $0.effect == .allow }
  }
}

extension PolicyRule {
  /// Why the rule does not decide; nil where it speaks of this.
  fileprivate func gap(_ operation: Operation, _ facts: Facts, isOfSeat: Bool, in policy: Policy) -> String? {
    guard operation.hasSeats else { return nil }
    guard isOfSeat else { return gap(listing: operation, in: policy) }
    guard let seat = facts.seat else { return "there is no seat" }
    guard !covers(seat) else { return nil }
    var gaps: [String] = []
    if !roles.contains(seat.role) { gaps.append("not for the role \(seat.role)") }
    if !matches.contains(seat.match) { gaps.append("not for \(seat.match.rawValue) matches") }
    if !speech.contains(seat.isMuted ? .muted : .unmuted) {
      gaps.append("not for the \(seat.isMuted ? "muted" : "unmuted")")
    }
    return gaps.listed("and")
  }

  /// The list is anybody's where members may see a match from some seat, and nobody's where there is none.
  private func gap(listing operation: Operation, in policy: Policy) -> String? {
    guard mode == .enforce else { return nil }
    let allowing = Seat.all(of: policy.roles).compactMap { seat in
      let decision = policy.decide(Situation(operation, from: seat))
      return decision.isAllowed ? decision.outcome.rule?.text : nil
    }
    switch effect {
    case .deny: return allowing.isEmpty ? nil : "it leaves matches to see"
    case .allow: return allowing.contains(name) ? nil : "it lets nobody see a match that no rule before it does"
    }
  }
}
