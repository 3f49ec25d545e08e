import Auth

extension PostgresParameters {
  /// A guard's roles, match states and whether it allows the muted: `text[]`, `text[]`, `boolean`.
  ///
  /// A batch has one guard. Its jobs bring the policy's guard for one action, so theirs are the same, but for the moment
  /// in which a policy is changed: then the strictest holds, and who was refused by it is judged again at the next try.
  mutating func append(strictestOf guards: [Guard]) {
    let strictest = guards.dropFirst().reduce(guards.first ?? .nobody) { $0.and($1) }
    append(texts: strictest.roles.map(\.rawValue).sorted())
    append(texts: strictest.states.map(\.rawValue).sorted())
    append(strictest.allowsMuted)
  }
}
