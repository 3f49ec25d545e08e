/// As what a present member takes part: all that the policy's rules can tell apart.
public struct Seat: Hashable, Sendable, CustomStringConvertible {
  /// What the member is.
  public let role: MemberRole
  /// How the match is.
  public let match: MatchState
  /// Whether the member may be heard or was muted.
  public let isMuted: Bool

  /// A member of a match.
  public init(role: MemberRole, match: MatchState, isMuted: Bool) {
    self.role = role
    self.match = match
    self.isMuted = isMuted
  }

  /// Every seat that members of `roles` can have: by role, then by the match's state, then the unmuted first.
  public static func all(of roles: [MemberRole]) -> [Seat] {
    roles.flatMap { role in
      MatchState.allCases.flatMap { match in
        [false, true].map { Seat(role: role, match: match, isMuted: $0) }
      }
    }
  }

  /// `driver open`, `rider closed muted`: what the function `proxyhooks.passes` compares.
  public var description: String { "\(role.name) \(match.rawValue)\(isMuted ? " muted" : "")" }
}
