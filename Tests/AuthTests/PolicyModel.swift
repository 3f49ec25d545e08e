import Auth

/// The policy's meaning said once more, in other words and without its tables: for each question every rule is asked again.
struct PolicyModel {
  let roles: [MemberRole]
  let rules: [PolicyRule]

  /// What was decided: nil for an allowance, else the reason.
  func refusal(of operation: Operation, on facts: Facts) -> Decision.Reason? {
    let readings = [facts.standing?.isBanned, facts.membership?.isBanned].compactMap { $0 }
    if readings.isEmpty { return .factsMissing }
    if readings.contains(true) { return .bannedFromService }
    if ["connect", "refresh"].contains(operation.rawValue) && facts.standing == nil { return .factsMissing }
    if facts.standing?.isTokenRevoked == true { return .tokenRevoked }
    if ["connect", "refresh", "chat:block", "chat:unblock"].contains(operation.rawValue) {
      let isDenied = rules.contains { $0.effect == .deny && $0.operations.contains(operation) }
      let isAllowed = rules.contains { $0.effect == .allow && $0.operations.contains(operation) }
      return isAllowed && !isDenied ? nil : .nobodyMay
    }
    if operation == .rooms { return anySeatMay(.rooms) { _, _, _ in true } ? nil : .nobodyMay }
    guard let member = facts.membership else { return .factsMissing }
    guard let state = member.matchState else { return .noSuchMatch }
    guard let role = member.role else { return .notAMember }
    if member.isRemoved { return .removedFromMatch }
    if member.hasLeft { return .leftTheMatch }
    if may(operation, role, state, member.isMuted) { return nil }
    if !anySeatMay(operation, where: { other, _, _ in other == role }) { return .roleMayNot }
    if !anySeatMay(operation, where: { $0 == role && $1 == state && $2 == $2 }) { return .matchNotOpen }
    return .muted
  }

  func may(_ operation: Operation, _ role: MemberRole, _ state: MatchState, _ isMuted: Bool) -> Bool {
    func speaks(_ rule: PolicyRule) -> Bool {
      rule.operations.contains(operation) && rule.roles.contains(role) && rule.matches.contains(state)
        && rule.speech.contains(isMuted ? .muted : .unmuted)
    }
    return roles.contains(role) && rules.contains { $0.effect == .allow && speaks($0) }
      && !rules.contains { $0.effect == .deny && speaks($0) }
  }

  private func anySeatMay(_ operation: Operation, where condition: (MemberRole, MatchState, Bool) -> Bool) -> Bool {
    for role in roles {
      for state in MatchState.allCases {
        for isMuted in [true, false] where condition(role, state, isMuted) {
          if may(operation, role, state, isMuted) { return true }
        }
      }
    }
    return false
  }
}

extension Facts {
  /// Every combination of facts there is, those among them that can't be, with a role that no policy knows, and with what was
  /// not read.
  static let everything: [Facts] = {
    let standings =
      [nil]
      + [(false, false), (false, true), (true, false), (true, true)].map {
        StandingFacts(isBanned: $0.0, isTokenRevoked: $0.1)
      }
    var memberships: [MembershipFacts?] = [nil]
    for state in [nil] + MatchState.allCases {
      for role in [nil, .driver, .rider, MemberRole("pilot")] {
        for flags in 0..<16 {
          memberships.append(
            MembershipFacts(
              matchState: state, role: role, hasLeft: flags & 1 != 0, isMuted: flags & 2 != 0,
              isRemoved: flags & 4 != 0, isBanned: flags & 8 != 0))
        }
      }
    }
    return standings.flatMap { standing in memberships.map { Facts(standing: standing, membership: $0) } }
  }()
}

extension PolicyRule {
  /// Any rule; `random` decides.
  static func any(_ number: Int, using random: inout some RandomNumberGenerator) -> PolicyRule {
    func some<Value>(_ values: [Value], _ random: inout some RandomNumberGenerator) -> Set<Value> {
      Set(values.filter { _ in Bool.random(using: &random) })
    }
    let hasSeats = Int.random(in: 0..<4, using: &random) > 0
    return PolicyRule(
      name: "rule-\(number)", effect: Int.random(in: 0..<3, using: &random) == 0 ? .deny : .allow,
      mode: Int.random(in: 0..<4, using: &random) == 0 ? .shadow : .enforce,
      operations: some(Operation.allCases.filter { $0.hasSeats == hasSeats }, &random),
      roles: some([.driver, .rider], &random), matches: some(MatchState.allCases, &random),
      speech: some(PolicyRule.Speech.allCases, &random))
  }
}

/// SplitMix64: the same numbers in every run, so that a failure can be looked at again.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
