/// What was read for one decision. What was not asked is nil, and no ground for an allowance.
public struct Facts: Hashable, Sendable {
  /// The person and their token.
  public var standing: StandingFacts?
  /// The person in the match.
  public var membership: MembershipFacts?

  /// The facts as they were read.
  public init(standing: StandingFacts? = nil, membership: MembershipFacts? = nil) {
    self.standing = standing
    self.membership = membership
  }

  /// What was read of a person whatever the match.
  public init(person isBanned: Bool) {
    self.init(membership: MembershipFacts(matchState: nil, role: nil, isBanned: isBanned))
  }

  /// Whether the person is banned from the whole service, by whichever reading; nil where none says.
  public var isBanned: Bool? {
    switch (standing?.isBanned, membership?.isBanned) {
    case (nil, nil): nil
    case (let one, let other): one == true || other == true
    }
  }

  /// The seat of a present member; nil for everybody else.
  public var seat: Seat? {
    guard let membership, let role = membership.role, let match = membership.matchState,
      !membership.hasLeft, !membership.isRemoved
    else { return nil }
    return Seat(role: role, match: match, isMuted: membership.isMuted)
  }
}
