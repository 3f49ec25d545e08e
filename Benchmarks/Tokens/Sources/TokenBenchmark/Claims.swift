import JWTKit

/// The claims of every token measured.
struct Claims: JWTPayload {
  struct Info: Codable {
    let name: String
  }

  static let issuer = "https://issuer.example"
  static let audience = "chat"

  let sub: SubjectClaim
  let exp: ExpirationClaim
  let iat: IssuedAtClaim
  let jti: IDClaim
  let iss: IssuerClaim
  let aud: AudienceClaim
  let info: Info

  func verify(using algorithm: some JWTAlgorithm) throws {
    try exp.verifyNotExpired()
    try aud.verifyIntendedAudience(includes: Self.audience)
    guard iss.value == Self.issuer else {
      throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "another issuer")
    }
  }

  /// The same as JSON, good for an hour from `now`, in Unix seconds.
  static func json(now: Int64) -> [UInt8] {
    let times = #""exp":\#(now + 3_600),"iat":\#(now)"#
    let names = #""jti":"5f0c3f1e-8a51-4a39-9a57-0d8c1b3e6f42","iss":"\#(issuer)","aud":"\#(audience)""#
    return Array(#"{"sub":"anna.k",\#(times),\#(names),"info":{"name":"Anna K."}}"#.utf8)
  }
}
