/// The state of a match.
public enum MatchState: String, CaseIterable, Sendable {
  /// Its members chat.
  case open
  /// It is over.
  case closed
  /// It never came about.
  case cancelled
}

/// What the database says of one person in one match, at the moment of the decision. Never kept beyond it.
public struct MembershipFacts: Hashable, Sendable {
  /// The match's state; nil where there is no such match.
  public var matchState: MatchState?
  /// The person's role; nil where the person was never a member.
  public var role: MemberRole?
  /// Whether the person has left the match.
  public var hasLeft: Bool
  /// Whether the person may not write in the match.
  public var isMuted: Bool
  /// Whether the person was removed from the match for good.
  public var isRemoved: Bool
  /// Whether the person is banned from the whole service.
  public var isBanned: Bool

  /// The facts as they were read.
  public init(
    matchState: MatchState?, role: MemberRole?, hasLeft: Bool = false, isMuted: Bool = false, isRemoved: Bool = false,
    isBanned: Bool = false
  ) {
    self.matchState = matchState
    self.role = role
    self.hasLeft = hasLeft
    self.isMuted = isMuted
    self.isRemoved = isRemoved
    self.isBanned = isBanned
  }
}

/// What the database says of a person and a token, whatever the match.
public struct StandingFacts: Hashable, Sendable {
  /// Whether the person is banned from the whole service.
  public var isBanned: Bool
  /// Whether the token was revoked: itself, or with all that the person had before a moment.
  public var isTokenRevoked: Bool

  /// The facts as they were read.
  public init(isBanned: Bool, isTokenRevoked: Bool) {
    self.isBanned = isBanned
    self.isTokenRevoked = isTokenRevoked
  }
}
