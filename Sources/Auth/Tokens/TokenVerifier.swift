import StrictJSON

/// Verifies tokens (RFC 7519 §7.2), following RFC 8725: the keys and the rules decide, the token decides nothing.
public struct TokenVerifier: Sendable {
  private let keys: KeySet
  let rules: TokenRules

  /// Verifies with `keys`, by `rules`.
  public init(keys: KeySet, rules: TokenRules) {
    self.keys = keys
    self.rules = rules
  }

  /// What `token` says at `now`, in Unix seconds. Its claims are looked at only once its signature has been verified,
  /// and its expiry only once everything else held.
  public func verify(_ token: [UInt8], now: Int64) throws(TokenRefusal) -> TokenClaims {
    try verify(token, now: now, as: .connection)
  }

  func verify(_ token: [UInt8], now: Int64, as kind: TokenKind) throws(TokenRefusal) -> TokenClaims {
    let (header, payload) = try JWS.open(token, keys: keys, maximumBytes: rules.maximumBytes)
    try check(header)
    let json = try parse(payload)
    try kind.check(json["channel"])
    try checkIssuer(json["iss"])
    try checkAudience(json["aud"])
    let subject = try subject(json["sub"])
    let id = try tokenID(json["jti"])
    let info = try info(json["info"])
    // Clamped, so that no clock makes the sums below overflow.
    let times = try times(json, now: min(max(now, 0), NumericDate.end))
    return TokenClaims(
      subject: subject, expiresAt: times.expiresAt, issuedAt: times.issuedAt, notBefore: times.notBefore, id: id,
      info: info, keyID: header.keyID, algorithm: header.algorithm)
  }

  private func check(_ header: JWSHeader) throws(TokenRefusal) {
    if let type = rules.type {
      guard let stated = header.type, JWSHeader.isSameMediaType(stated, type) else {
        throw TokenRefusal(.typeMismatch)
      }
    }
    if let contentType = header.contentType, JWSHeader.isSameMediaType(contentType, "JWT") {
      throw TokenRefusal(.nestedToken)
    }
  }

  private func parse(_ payload: [UInt8]) throws(TokenRefusal) -> JSON {
    let json: JSON
    do { json = try JSON.parse(payload) } catch { throw TokenRefusal(.malformedClaims, detail: error.description) }
    guard json.kind == .object else { throw TokenRefusal(.malformedClaims) }
    return json
  }

  private func checkIssuer(_ claim: JSON?) throws(TokenRefusal) {
    guard let claim else {
      if rules.issuer != nil { throw TokenRefusal(.issuerMissing) }
      return
    }
    guard let stated = claim.string else { throw TokenRefusal(.issuerInvalid) }
    if let issuer = rules.issuer, !stated.hasSameBytes(as: issuer) { throw TokenRefusal(.issuerMismatch) }
  }

  private func checkAudience(_ claim: JSON?) throws(TokenRefusal) {
    guard let claim else {
      if !rules.audiences.isEmpty { throw TokenRefusal(.audienceMissing) }
      return
    }
    let entries = claim.elements.map(Array.init) ?? [claim]
    let stated = entries.compactMap(\.string)
    guard !stated.isEmpty, stated.count == entries.count else { throw TokenRefusal(.audienceInvalid) }
    guard !rules.audiences.isEmpty else { return }
    let isOurs = stated.contains { name in rules.audiences.contains { $0.hasSameBytes(as: name) } }
    guard isOurs else { throw TokenRefusal(.audienceMismatch) }
  }

  private func subject(_ claim: JSON?) throws(TokenRefusal) -> UserID {
    guard let claim else { throw TokenRefusal(.subjectMissing) }
    guard let subject = claim.string.flatMap(UserID.init) else { throw TokenRefusal(.subjectInvalid) }
    return subject
  }

  private func tokenID(_ claim: JSON?) throws(TokenRefusal) -> String? {
    guard let claim else { return nil }
    guard let id = claim.string, TokenClaims.isID(id) else { throw TokenRefusal(.tokenIDInvalid) }
    return id
  }

  private func info(_ claim: JSON?) throws(TokenRefusal) -> [UInt8]? {
    guard let claim else { return nil }
    guard claim.kind == .object else { throw TokenRefusal(.infoInvalid) }
    guard claim.rawBytes.count <= TokenClaims.maximumInfoBytes else { throw TokenRefusal(.infoTooLarge) }
    return Array(claim.rawBytes)
  }
}
