import Auth

extension Code {
  /// What a client is told of a rule against it in a match. Who is no present member gets one and the same answer,
  /// whether or not there is such a match.
  init(_ rule: Rule.Denying) {
    switch rule {
    case .bannedFromService, .tokenRevoked, .noSuchMatch, .notAMember, .removedFromMatch, .leftTheMatch, .roleMayNot:
      self = .denied
    case .matchNotOpen: self = .matchClosed
    case .muted: self = .muted
    }
  }
}
