/// What is looked at before a policy's own rules, in this order. No rule lifts it.
///
/// The order is what a stranger learns: until somebody is known to be a member, every refusal is answered alike.
public enum Check: String, CaseIterable, Sendable {
  case notBanned = "not banned from the service"
  case tokenGood = "token not revoked"
  case matchExists = "the match exists"
  case isMember = "is or was a member of it"
  case notRemoved = "not removed from it"
  case notLeft = "has not left it"

  /// The checks that an operation of this scope asks for.
  public static func all(of scope: Operation.Scope) -> [Check] { scope == .match ? everyCheck : personChecks }

  private static let everyCheck: [Check] = allCases
  private static let personChecks: [Check] = [.notBanned, .tokenGood]

  /// Why the check stops `operation`; nil where it does not.
  public func refusal(of operation: Operation, on facts: Facts) -> Decision.Reason? {
    switch self {
    case .notBanned:
      guard let isBanned = facts.isBanned else { return .factsMissing }
      return isBanned ? .bannedFromService : nil
    case .tokenGood:
      // The token is looked at when a connection begins or goes on, and wherever else its id came along.
      guard let standing = facts.standing else { return operation.scope == .token ? .factsMissing : nil }
      return standing.isTokenRevoked ? .tokenRevoked : nil
    case .matchExists:
      guard let membership = facts.membership else { return .factsMissing }
      return membership.matchState == nil ? .noSuchMatch : nil
    case .isMember: return facts.membership?.role == nil ? .notAMember : nil
    case .notRemoved: return facts.membership?.isRemoved == true ? .removedFromMatch : nil
    case .notLeft: return facts.membership?.hasLeft == true ? .leftTheMatch : nil
    }
  }
}
