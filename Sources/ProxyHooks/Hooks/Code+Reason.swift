import Auth

extension Code {
  /// What a client is told of a refusal in a match. Who is no present member gets one and the same answer, whether or not there
  /// is such a match.
  init(_ reason: Decision.Reason?) {
    switch reason {
    case .bannedFromService, .tokenRevoked, .noSuchMatch, .notAMember, .removedFromMatch, .leftTheMatch, .roleMayNot,
      .nobodyMay:
      self = .denied
    case .matchNotOpen: self = .matchClosed
    case .muted: self = .muted
    case .factsMissing, nil: self = .unavailable
    }
  }
}
