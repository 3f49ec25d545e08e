import Testing

@testable import Auth

@Suite("Policy")
struct PolicyTests {
  /// A policy of up to nine rules.
  private static func policy(_ seed: UInt64) -> Policy {
    var random = SeededGenerator(state: seed)
    let count = Int.random(in: 1...9, using: &random)
    return Policy(roles: [.driver, .rider], rules: (0..<count).map { .any($0, using: &random) })
  }

  @Test(
    "In every combination of operation, role, member, match and person a policy decides as a model written apart",
    arguments: 0..<12)
  func model(seed: UInt64) {
    #expect(Facts.everything.count == 5 * 257)
    let policy = Self.policy(seed)
    let enforced = PolicyModel(roles: policy.roles, rules: policy.rules.filter { $0.mode == .enforce })
    let shadowed = PolicyModel(roles: policy.roles, rules: policy.rules)
    for operation in Operation.allCases {
      for facts in Facts.everything {
        let decision = policy.decide(operation, on: facts)
        let refusal = enforced.refusal(of: operation, on: facts)
        if decision.reason != refusal { Issue.record("\(operation) \(facts): \(decision), model: \(refusal as Any)") }
        let other = shadowed.refusal(of: operation, on: facts)
        if (decision.shadow?.isAllowed ?? decision.isAllowed) != (other == nil) {
          Issue.record("\(operation) \(facts): shadow \(decision.shadow as Any), model: \(other as Any)")
        }
      }
    }
  }

  @Test("The rule that is named covers the seat and does what was decided", arguments: 0..<12)
  func rule(seed: UInt64) throws {
    let policy = Self.policy(seed)
    for operation in Operation.allCases {
      for facts in Facts.everything {
        switch policy.decide(operation, on: facts).outcome {
        case .allow(let name):
          let rule = try #require(policy.rules.first { $0.name == name.text })
          #expect(rule.effect == .allow && rule.mode == .enforce && rule.operations.contains(operation))
          if operation.scope == .match { #expect(rule.covers(try #require(facts.seat))) }
        case .deny(let reason, .some(let name)):
          #expect([.roleMayNot, .matchNotOpen, .muted, .nobodyMay].contains(reason))
          let rule = try #require(policy.rules.first { $0.name == name.text })
          #expect(rule.effect == .deny && rule.mode == .enforce && rule.operations.contains(operation))
          if operation.scope == .match { #expect(rule.covers(try #require(facts.seat))) }
        case .deny(_, .none): break
        }
      }
    }
  }

  @Test("A policy without rules refuses everything to everybody")
  func nothing() {
    for policy in [Policy.nothing, Policy(roles: [.driver, .rider], rules: [])] {
      for operation in Operation.allCases {
        #expect(policy.guard(for: operation) == .nobody)
        for facts in Facts.everything where policy.decide(operation, on: facts).isAllowed {
          Issue.record("\(operation): \(facts)")
        }
      }
    }
  }

  @Test("Under a policy that allows all it can, the banned, the revoked, strangers and those who left get nothing")
  func whatNoRuleLifts() {
    let all = Policy(
      roles: [.driver, .rider],
      rules: [
        PolicyRule(
          name: "all", effect: .allow, operations: Set(Operation.allCases), roles: [.driver, .rider],
          matches: Set(MatchState.allCases), speech: Set(PolicyRule.Speech.allCases))
      ])
    var allowed = 0
    for operation in Operation.allCases {
      for facts in Facts.everything where all.decide(operation, on: facts).isAllowed {
        allowed += 1
        #expect(facts.isBanned == false && facts.standing?.isTokenRevoked != true)
        #expect(facts.standing != nil || operation.scope != .token)
        if operation.scope == .match { #expect(facts.seat != nil && facts.seat?.role != MemberRole("pilot")) }
      }
    }
    // With a standing that is good or was not read: 11 operations in a match from 12 seats; connect and refresh with any of 257
    // readings of a match but the 128 of somebody banned; the other three also with one of them at least.
    #expect(allowed == 11 * 12 * 2 + 2 * 129 + 3 * (129 + 128))
  }

  @Test("Only a present member learns that a match is over or that they are muted", arguments: 0..<12)
  func whatIsLearnt(seed: UInt64) {
    let policy = Self.policy(seed)
    for operation in Operation.allCases {
      for facts in Facts.everything {
        let reason = policy.decide(operation, on: facts).reason
        if reason == .matchNotOpen || reason == .muted { #expect(facts.seat != nil && facts.isBanned == false) }
      }
    }
  }

  @Test("A guard is exactly the seats that are allowed", arguments: 0..<12)
  func guards(seed: UInt64) {
    let policy = Self.policy(seed)
    for operation in Operation.allCases where operation.scope == .match {
      let seats = policy.guard(for: operation).seats
      for facts in Facts.everything {
        guard facts.isBanned == false, facts.standing?.isTokenRevoked != true, let seat = facts.seat else { continue }
        #expect(seats.contains(seat) == policy.decide(operation, on: facts).isAllowed)
      }
    }
    for operation in [Operation.block, .unblock] {
      let mayAnybody = policy.decide(operation, on: Facts(person: false)).isAllowed
      #expect(policy.guard(for: operation) == (mayAnybody ? .everybody : .nobody))
    }
  }

  @Test("Of two rules that allow the same the first is named, and one that denies comes before both")
  func order() {
    func rule(_ name: String, _ effect: PolicyRule.Effect, _ roles: Set<MemberRole>) -> PolicyRule {
      PolicyRule(
        name: name, effect: effect, operations: [.publish], roles: roles, matches: [.open], speech: [.unmuted])
    }
    let policy = Policy(
      roles: [.driver, .rider],
      rules: [rule("a", .allow, [.driver]), rule("b", .allow, [.driver, .rider]), rule("c", .deny, [.rider])])
    func outcome(_ role: MemberRole) -> String {
      policy.decide(.publish, on: Facts(membership: MembershipFacts(matchState: .open, role: role))).outcome.ruleName
    }
    #expect(outcome(.driver) == "a")
    #expect(outcome(.rider) == "c")
  }

  @Test("A rule in shadow decides nothing, and what it would have decided is told")
  func shadow() {
    func policy(_ mode: PolicyRule.Mode) -> Policy {
      Policy(
        roles: [.driver],
        rules: [
          PolicyRule(
            name: "write", effect: .allow, operations: [.publish], roles: [.driver], matches: [.open],
            speech: [.unmuted]),
          PolicyRule(
            name: "quiet", effect: .deny, mode: mode, operations: [.publish], roles: [.driver], matches: [.open],
            speech: [.unmuted]),
        ])
    }
    let facts = Facts(membership: MembershipFacts(matchState: .open, role: .driver))
    #expect(!policy(.enforce).decide(.publish, on: facts).isAllowed)
    #expect(policy(.enforce).decide(.publish, on: facts).shadow == nil)
    let decision = policy(.shadow).decide(.publish, on: facts)
    #expect(decision.isAllowed)
    #expect(decision.shadow?.ruleName == "quiet" && decision.shadow?.isAllowed == false)
  }
}
