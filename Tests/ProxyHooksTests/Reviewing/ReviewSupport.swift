import Auth

@testable import ProxyHooks

/// What the tests of the policy's tools go through.
enum Review {
  /// Every combination of what can be known, those among them that can't be, and a role that no policy here knows.
  static let facts: [Facts] = {
    var all: [Facts] = []
    for match in [nil] + MatchState.allCases {
      for role in [nil, .driver, .rider, MemberRole("pilot")] {
        for flags in 0..<32 {
          all.append(
            Facts(
              role: role, match: match, hasLeft: flags & 1 != 0, isMuted: flags & 2 != 0, isRemoved: flags & 4 != 0,
              isBanned: flags & 8 != 0, isTokenRevoked: flags & 16 != 0))
        }
      }
    }
    return all
  }()

  /// Policies of any rules, the same in every run.
  static func documents(_ count: Int, seed: UInt64) -> [PolicyDocument] {
    var random = Numbers(state: seed)
    return (0..<count).map { _ in
      let choices: [[MemberRole]] = [[.driver, .rider], [.driver], [.rider, .driver]]
      let roles = choices.randomElement(using: &random) ?? []
      let rules = (0..<Int.random(in: 0...8, using: &random)).map { rule($0, roles, &random) }
      return document(Policy(roles: roles, rules: rules))
    }
  }

  static func document(_ policy: Policy, version: String = "0123456789abcdef") -> PolicyDocument {
    PolicyDocument(
      version: version, policy: policy, namespaces: .standard, messages: MessageRules(), windows: ChangeWindows(),
      delivery: .guaranteed, expiry: Expiry(), limits: LimitRules())
  }

  private static func rule(_ number: Int, _ roles: [MemberRole], _ random: inout Numbers) -> PolicyRule {
    func some<Value>(_ values: [Value]) -> Set<Value> {
      Set(values.filter { _ in Bool.random(using: &random) } + [values.randomElement(using: &random)].compactMap { $0 })
    }
    let hasSeats = Int.random(in: 0..<4, using: &random) > 0
    return PolicyRule(
      name: "rule-\(number)", effect: Int.random(in: 0..<3, using: &random) == 0 ? .deny : .allow,
      mode: Int.random(in: 0..<4, using: &random) == 0 ? .shadow : .enforce,
      operations: some(Operation.allCases.filter { $0.hasSeats == hasSeats }), roles: some(roles),
      matches: some(MatchState.allCases), speech: some(PolicyRule.Speech.allCases))
  }
}

/// A linear congruential generator (Knuth's MMIX constants), the better half of its bits.
struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    func half(_ state: inout UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 32
    }
    return half(&state) << 32 | half(&state)
  }
}
