import Auth

extension Policy {
  /// What the tests of Storage pass guards from: much like the policy that comes with the service.
  static let standard: Policy = {
    let both: Set<MemberRole> = [.driver, .rider]
    let all = Set(PolicyRule.Speech.allCases)
    return Policy(
      roles: both.sorted(),
      rules: [
        PolicyRule(
          name: "listen", effect: .allow, operations: [.subscribe, .rooms, .presence], roles: both, matches: [.open],
          speech: all),
        PolicyRule(
          name: "write", effect: .allow, operations: [.publish, .send, .edit], roles: both, matches: [.open],
          speech: [.unmuted]),
        PolicyRule(
          name: "read", effect: .allow, operations: [.history, .read, .report], roles: both,
          matches: Set(MatchState.allCases), speech: all),
        PolicyRule(
          name: "take-back", effect: .allow, operations: [.delete], roles: both, matches: [.open, .closed], speech: all),
      ])
  }()

  /// A policy by which `operation` is allowed from these seats and no other.
  init(only operation: Operation, from seats: Guard) {
    self.init(
      roles: Set(seats.seats.map(\.role)).sorted(),
      rules: seats.seats.map { seat in
        PolicyRule(
          name: "rule", effect: .allow, operations: [operation], roles: [seat.role], matches: [seat.match],
          speech: [seat.isMuted ? .muted : .unmuted])
      })
  }

  func allows(_ operation: Operation, on membership: MembershipFacts) -> Bool {
    decide(operation, on: Facts(membership: membership)).isAllowed
  }
}
