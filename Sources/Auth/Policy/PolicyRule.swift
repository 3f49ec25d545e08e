/// One rule of a policy: who may, or may not, do what, as what.
public struct PolicyRule: Hashable, Sendable {
  /// What a rule does. What one denies, no other allows.
  public enum Effect: String, CaseIterable, Sendable {
    case allow
    case deny
  }

  /// Whether a rule is in force.
  public enum Mode: String, CaseIterable, Sendable {
    /// It decides.
    case enforce
    /// It decides nothing; the log says where it would have.
    case shadow
  }

  /// What distinguishes members of the same role.
  public enum Speech: String, CaseIterable, Sendable {
    case unmuted
    case muted
  }

  /// What the log calls it; unique in a policy.
  public let name: String
  /// What it does.
  public let effect: Effect
  /// Whether it is in force.
  public let mode: Mode
  /// For what.
  public let operations: Set<Operation>
  /// For whom, as to operations in a match; operations of other scopes have no roles.
  public let roles: Set<MemberRole>
  /// In which matches, likewise.
  public let matches: Set<MatchState>
  /// Whether for the muted, likewise.
  public let speech: Set<Speech>

  /// A rule.
  public init(
    name: String, effect: Effect, mode: Mode = .enforce, operations: Set<Operation>, roles: Set<MemberRole> = [],
    matches: Set<MatchState> = [], speech: Set<Speech> = []
  ) {
    self.name = name
    self.effect = effect
    self.mode = mode
    self.operations = operations
    self.roles = roles
    self.matches = matches
    self.speech = speech
  }

  /// Whether it speaks of `seat`, as to its operations that have seats.
  public func covers(_ seat: Seat) -> Bool {
    roles.contains(seat.role) && matches.contains(seat.match) && speech.contains(seat.isMuted ? .muted : .unmuted)
  }
}
