public import Auth

/// What another policy changes, and for whom.
public struct PolicyDifference: Sendable {
  /// What changes in a situation.
  public enum Kind: String, CaseIterable, Sendable {
    /// What was allowed is not any more.
    case loses
    /// What was refused is allowed.
    case gains
    /// What was refused still is, for another reason.
    case reason
    /// It is decided as before, by another rule.
    case rule
    /// It is decided as before; what the rules in shadow would say is not.
    case shadow
  }

  /// A change of one situation.
  public struct Change: Hashable, Sendable {
    /// What is asked for, and as what.
    public let situation: Situation
    /// What changes.
    public let kind: Kind
    /// What was decided.
    public let old: Decision
    /// What is decided now.
    public let new: Decision
  }

  /// The changes of what people may, in the order of the situations.
  public let changes: [Change]
  /// Settings that changed, old and new.
  public let settings: [(old: PolicySetting, new: PolicySetting, change: PolicySetting.Change)]
  /// Roles that the old policy alone has.
  public let rolesLost: [MemberRole]
  /// Roles that the new policy alone has.
  public let rolesGained: [MemberRole]
  /// Every role of either, those of the old policy first.
  let roles: [MemberRole]
  /// The versions.
  public let versions: (old: String, new: String)

  /// What changes from `old` to `new`.
  public init(from old: PolicyDocument, to new: PolicyDocument) {
    rolesLost = old.policy.roles.filter { !new.policy.roles.contains($0) }
    rolesGained = new.policy.roles.filter { !old.policy.roles.contains($0) }
    roles = old.policy.roles + rolesGained
    versions = (old.version, new.version)
    changes = Situation.all(of: roles).compactMap { situation in
      let (old, new) = (old.policy.decide(situation), new.policy.decide(situation))
      return Self.kind(PolicyMatrix.Outcome(old), PolicyMatrix.Outcome(new)).map {
        Change(situation: situation, kind: $0, old: old, new: new)
      }
    }
    settings = zip(old.settings, new.settings).compactMap { old, new in
      new.change(since: old).map { (old, new, $0) }
    }
  }

  private static func kind(_ old: PolicyMatrix.Outcome, _ new: PolicyMatrix.Outcome) -> Kind? {
    switch (old.outcome.isAllowed, new.outcome.isAllowed) {
    case (true, false): .loses
    case (false, true): .gains
    case _ where old.outcome.reason != new.outcome.reason: .reason
    case _ where old.shadow?.isAllowed != new.shadow?.isAllowed: .shadow
    case _ where old != new: .rule
    default: nil
    }
  }

  /// Whether nothing at all changes.
  public var isEmpty: Bool { changes.isEmpty && settings.isEmpty && rolesLost.isEmpty && rolesGained.isEmpty }

  /// Whether somebody may no longer what they may now: by a rule, a limit, a kind of message, a window or a name.
  public var takesAnything: Bool {
    changes.contains { $0.kind == .loses } || settings.contains { $0.change == .narrower }
  }
}
