/// What a membership must be for an action to be allowed. Everything a guard does not name is refused.
///
/// Storage applies the same guard inside its statements, where the facts are read; ``Policy/decide(_:on:)`` is what
/// counts, and a test holds that the two never differ.
public struct Guard: Hashable, Sendable {
  /// The states the match may be in.
  public let states: Set<MatchState>
  /// The roles the person may have.
  public let roles: Set<MemberRole>
  /// Whether a muted member may.
  public let allowsMuted: Bool

  /// A guard that these pass.
  public init(states: Set<MatchState>, roles: Set<MemberRole>, allowsMuted: Bool) {
    self.states = states
    self.roles = roles
    self.allowsMuted = allowsMuted
  }

  /// One that nobody passes.
  public static let nobody = Guard(states: [], roles: [], allowsMuted: false)

  /// Passed by those who pass both.
  public func and(_ other: Guard) -> Guard {
    Guard(
      states: states.intersection(other.states), roles: roles.intersection(other.roles),
      allowsMuted: allowsMuted && other.allowsMuted)
  }
}
