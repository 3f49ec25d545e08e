import Auth
import Testing

@testable import ProxyHooks

@Suite("Assertions about a policy")
struct PolicyAssertionsTests {
  private func read(_ text: String) throws(PolicyFileError) -> PolicyAssertions {
    try PolicyAssertions(bytes: Array(text.utf8), about: PolicyDocument.standard.policy)
  }

  private func report(_ test: String) throws -> PolicyTestReport {
    PolicyTestReport(try read("tests:\n  - {name: a, \(test)}"), under: PolicyDocument.standard.policy)
  }

  @Test("The standard policy's assertions hold, and cover every rule and operation")
  func standard() throws {
    let report = PolicyTestReport(
      try read(try Repository.text(of: "centrifugo/policy.tests.yaml")), under: PolicyDocument.standard.policy)
    #expect(report.failures.map(\.words) == [])
    #expect(report.holes == [])
  }

  @Test("Whichever rule is taken out of the standard policy or bent, an assertion does not hold")
  func mutations() throws {
    let policy = PolicyDocument.standard.policy
    let assertions = try read(try Repository.text(of: "centrifugo/policy.tests.yaml"))
    var count = 0
    for (place, rule) in policy.rules.enumerated() {
      for changed in Self.mutations(of: rule) {
        var rules = policy.rules
        rules[place] = changed
        let mutant = Policy(roles: policy.roles, rules: rules)
        let isOther = Situation.all(of: policy.roles).contains {
          mutant.decide($0).isAllowed != policy.decide($0).isAllowed
        }
        guard isOther else { continue }
        count += 1
        #expect(!PolicyTestReport(assertions, under: mutant).failures.isEmpty, "\(changed.words(roles: policy.roles))")
      }
    }
    #expect(count > 40)
  }

  /// The rule for nothing, for one role less, and with one operation, state or kind of member more or less.
  private static func mutations(of rule: PolicyRule) -> [PolicyRule] {
    func with(
      _ operations: Set<Operation>? = nil, _ matches: Set<MatchState>? = nil, _ speech: Set<PolicyRule.Speech>? = nil,
      _ roles: Set<MemberRole>? = nil
    ) -> PolicyRule {
      PolicyRule(
        name: rule.name, effect: rule.effect, operations: operations ?? rule.operations, roles: roles ?? rule.roles,
        matches: matches ?? rule.matches, speech: speech ?? rule.speech)
    }
    return [with([])] + [MemberRole.driver, .rider].map { with(nil, nil, nil, rule.roles.subtracting([$0])) }
      + Operation.allCases.map { with(rule.operations.symmetricDifference([$0])) }
      + MatchState.allCases.map { with(nil, rule.matches.symmetricDifference([$0])) }
      + PolicyRule.Speech.allCases.map { with(nil, nil, rule.speech.symmetricDifference([$0])) }
  }

  @Test(
    "An assertion holds where the outcome is the one, and the rule or reason that is named",
    arguments: [
      ("given: {role: rider, match: open}, allow: [publish]", true),
      ("given: {role: rider, match: open}, allow: [publish: write]", true),
      ("given: {role: rider, match: open}, allow: [publish: read]", false),
      ("given: {role: rider, match: open}, deny: [publish]", false),
      ("given: {role: rider, match: open, muted: true}, deny: [publish: muted]", true),
      ("given: {role: rider, match: open, muted: true}, deny: [publish: match_not_open]", false),
      ("given: {role: rider, match: open, muted: true}, allow: [publish]", false),
      ("given: {role: none, match: open}, deny: [publish: not_a_member]", true),
      ("given: {role: none, match: none, banned: true}, deny: [connect: banned_from_service]", true),
      ("given: {role: none, match: none, token_revoked: true}, deny: [connect: token_revoked]", true),
      // The token is not looked at when something is published.
      ("given: {role: rider, match: open, token_revoked: true}, deny: [publish]", false),
      // With a match, whether it is in the answer; without, whether there is one.
      ("given: {role: rider, match: closed}, deny: [chat:rooms: match_not_open]", true),
      ("given: {role: none, match: none}, allow: [chat:rooms: listen]", true),
    ])
  func holding(test: String, holds: Bool) throws {
    let report = try report(test)
    #expect(report.failures.isEmpty == holds)
    #expect(report.passed == (holds ? 1 : 0))
  }

  @Test("A failure says what was wanted, what was decided, by what and on what")
  func failure() throws {
    #expect(
      try report("given: {role: rider, match: closed}, allow: [publish: write]").failures.map(\.words) == [
        "line 2: a: want publish allowed by write; it is denied: match_not_open, on role=rider, match=closed"
      ])
  }

  @Test("An assertion that does not hold covers nothing, and what none covers is said")
  func coverage() throws {
    let report = try report(
      "given: {role: rider, match: open}, allow: [publish: write, chat:send: read], deny: [chat:edit]")
    #expect(report.rules.first { $0.name == "write" }?.count == 1)
    #expect(report.operations.first { $0.operation == .publish }?.allowed == 1)
    #expect(report.operations.first { $0.operation == .edit }?.denied == 0)
    #expect(report.holes.contains("no assertion holds because of the rule read"))
    #expect(
      report.holes.contains("no assertion denies publish") && !report.holes.contains("no assertion allows publish"))
    #expect(report.holes.contains("no assertion allows chat:send"))
  }

  @Test(
    "Each mistake is said with its line, its key, and what was wanted",
    arguments: [
      ("", "the file is empty; want `tests:` and a list of them"),
      ("tests:\n", "line 1: tests: want a list of tests, each with `- name: …`, found nothing"),
      ("tests: []", "line 1: tests: want a list of tests, each with `- name: …`, found none"),
      ("test: []", "line 1: test: unknown key; want one of tests\nline 1: `tests` is missing"),
      (
        "tests:\n  - {name: a, given: {role: rider, match: open}}",
        "line 2: tests[0]: it asserts nothing; want `allow`, `deny` or both, lists of operations"
      ),
      ("tests:\n  - {given: {role: none, match: none}, allow: [connect]}", "line 2: tests[0]: `name` is missing"),
      (
        "tests:\n  - {name: , given: {role: none, match: none}, allow: [connect]}",
        "line 2: tests[0].name: want some words, found nothing"
      ),
      ("tests:\n  - {name: a, allow: [connect]}", "line 2: tests[0]: `given` is missing"),
      ("tests:\n  - {name: a, given: {match: open}, deny: [publish]}", "line 2: tests[0].given: `role` is missing"),
      ("tests:\n  - {name: a, given: {role: rider}, deny: [publish]}", "line 2: tests[0].given: `match` is missing"),
      (
        "tests:\n  - {name: a, given: {role: ridre, match: open}, deny: [publish]}",
        "line 2: tests[0].given.role: want driver, rider or none, found `ridre`"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: over}, deny: [publish]}",
        "line 2: tests[0].given.match: want open, closed, cancelled or none, found `over`"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: open, muted: yes}, deny: [publish]}",
        "line 2: tests[0].given.muted: want true or false, found `yes`"
      ),
      (
        "tests:\n  - {name: a, given: {role: none, match: open, left: true}, deny: [publish]}",
        "line 2: tests[0].given.role: only a member leaves, is muted or is removed; want a role"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: none}, deny: [publish]}",
        "line 2: tests[0].given.match: only a match has members; want `role: none`, or a match"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: open}, allow: [send]}",
        "line 2: tests[0].allow[0]: want connect, refresh, subscribe, sub_refresh, publish, chat:send, chat:history, chat:rooms, chat:read, chat:edit, chat:delete, chat:report, chat:block, chat:unblock, chat:presence or chat:typing, found `send`"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: open}, allow: [send: write]}",
        "line 2: tests[0].allow[0].send: want an operation, such as publish or chat:send, found `send`"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: open}, allow: [publish: writ]}",
        "line 2: tests[0].allow[0].publish: want the name of a rule that allows, found `writ`"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: open}, deny: [publish: write]}",
        "line 2: tests[0].deny[0].publish: want a reason (facts_missing, banned_from_service, token_revoked, no_such_match, not_a_member, removed_from_match, left_the_match, role_may_not, match_not_open, muted, nobody_may) or the name of a rule that denies, found `write`"
      ),
      (
        "tests:\n  - {name: a, given: {role: rider, match: open}, allow: [publish], deny: [publish]}",
        "line 2: tests[0]: publish is asserted twice of the same person"
      ),
      (
        "tests:\n  - {name: a, given: {role: none, match: none}, allow: [connect]}\n  - {name: a, given: {role: none, match: none}, deny: [publish]}",
        "line 3: tests[1]: another test is called `a` too"
      ),
      ("tests: [", "line 2: no YAML: did not find expected node content"),
    ])
  func mistakes(text: String, expected: String) {
    #expect {
      _ = try read(text)
    } throws: { error in
      let said = (error as? PolicyFileError)?.description ?? "\(error)"
      #expect(said == expected)
      return true
    }
  }

  @Test("Every mistake of a file is said at once")
  func allAtOnce() throws {
    let error = #expect(throws: PolicyFileError.self) {
      try read("tests:\n  - name: a\n    given: {role: x, match: y}\n    allow: [z]\n    other: 1")
    }
    #expect(error?.problems.map(\.line) == [3, 3, 4, 5])
  }
}
