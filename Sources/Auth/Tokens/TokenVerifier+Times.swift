import StrictJSON

extension TokenVerifier {
  /// The times of a token, in Unix seconds, checked against `now`. Expiry comes last.
  func times(_ json: JSON, now: Int64) throws(TokenRefusal) -> (expiresAt: Int64, issuedAt: Int64?, notBefore: Int64?) {
    guard let claim = json["exp"] else { throw TokenRefusal(.expiryMissing) }
    guard let expiresAt = NumericDate.seconds(claim, .down) else { throw TokenRefusal(.expiryInvalid) }
    let notBefore = try beginning(json["nbf"], invalid: .notBeforeInvalid, early: .notYetValid, now: now)
    let issuedAt = try beginning(json["iat"], invalid: .issuedAtInvalid, early: .issuedInFuture, now: now)
    if let maximum = rules.maximumLifetime {
      guard let issuedAt else { throw TokenRefusal(.issuedAtMissing) }
      guard expiresAt - issuedAt <= maximum else { throw TokenRefusal(.lifetimeTooLong) }
    }
    // "On or after" `exp` it is over (RFC 7519 §4.1.4).
    guard now - rules.leeway < expiresAt else { throw TokenRefusal(.expired) }
    return (expiresAt, issuedAt, notBefore)
  }

  private func beginning(
    _ claim: JSON?, invalid: TokenRefusal.Reason, early: TokenRefusal.Reason, now: Int64
  ) throws(TokenRefusal) -> Int64? {
    guard let claim else { return nil }
    guard let seconds = NumericDate.seconds(claim, .up) else { throw TokenRefusal(invalid) }
    guard seconds <= now + rules.leeway else { throw TokenRefusal(early) }
    return seconds
  }
}
