import Testing

@testable import Auth

@Suite("Claims")
struct TokenClaimsTests {
  @Test("Times are numbers of seconds, judged to the second", arguments: ClaimsCase.times)
  func times(token: ClaimsCase) throws { try check(token) }

  @Test("Issuer and audience are compared exactly, in every form", arguments: ClaimsCase.parties)
  func parties(token: ClaimsCase) throws { try check(token) }

  @Test("Subject, id and info keep to their grammar, and no claim stands twice", arguments: ClaimsCase.contents)
  func contents(token: ClaimsCase) throws { try check(token) }

  @Test("Headers are strict JSON with strings where strings belong", arguments: ClaimsCase.headers)
  func headers(token: ClaimsCase) throws { try check(token) }

  private func check(_ token: ClaimsCase) throws {
    let reason = try Sample.refusal(header: token.header, claims: token.claims, rules: token.rules)
    #expect(reason == token.reason)
  }

  @Test("Every reason there is has a test that meets it")
  func everyReason() {
    let cases = ClaimsCase.times + ClaimsCase.parties + ClaimsCase.contents + ClaimsCase.headers
    // Those that a token signed by the one key cannot have are met by the suites of hostile tokens, of key sets and of issuing.
    let elsewhere: Set<TokenRefusal.Reason> = [
      .tooLarge, .wrongPartCount, .malformedEncoding, .criticalExtension, .unencodedPayload, .algorithmMissing,
      .algorithmUnknown, .algorithmMismatch, .keyIDMissing, .keyUnknown, .signatureMismatch, .nestedToken,
      .channelMismatch,
    ]
    #expect(Set(cases.compactMap(\.reason)).union(elsewhere) == Set(TokenRefusal.Reason.allCases))
  }

  @Test("A token counts as expired only where its signature and all its other claims hold")
  func expiredOnlyIfGood() throws {
    let late = #"{"sub":"anna","exp":1800000000}"#
    #expect(try Sample.refusal(claims: late) == .expired)
    #expect(TokenRefusal(.expired).isExpired)
    for reason in TokenRefusal.Reason.allCases where reason != .expired { #expect(!TokenRefusal(reason).isExpired) }
    var forged = try Sample.token(claims: late)
    forged[forged.count - 2] ^= 1
    #expect(try Sample.refusal(of: forged) != .expired)
    for (claims, rules, reason) in [
      (#"{"sub":"a b","exp":1}"#, TokenRules(), TokenRefusal.Reason.subjectInvalid),
      (#"{"sub":"anna","exp":1,"nbf":1900000600}"#, TokenRules(), .notYetValid),
      (#"{"sub":"anna","exp":1,"iat":1900000600}"#, TokenRules(), .issuedInFuture),
      (#"{"sub":"anna","exp":1}"#, TokenRules(issuer: "x"), .issuerMissing),
      (#"{"sub":"anna","exp":1}"#, TokenRules(audiences: ["x"]), .audienceMissing),
      (#"{"sub":"anna","exp":1,"info":1}"#, TokenRules(), .infoInvalid),
      (#"{"sub":"anna","exp":1,"jti":1}"#, TokenRules(), .tokenIDInvalid),
      (#"{"sub":"anna","exp":1}"#, TokenRules(maximumLifetime: 9), .issuedAtMissing),
    ] {
      #expect(try Sample.refusal(claims: claims, rules: rules) == reason)
    }
  }

  @Test("No clock, leeway or lifetime makes the sums overflow", arguments: [Int64.min, -1, 0, 1 << 53, .max])
  func extremes(now: Int64) throws {
    for seconds in [Int64.min, 0, .max] {
      let rules = TokenRules(leeway: seconds, maximumLifetime: seconds)
      for time in ["0", "9007199254740991"] {
        let claims = #"{"sub":"anna","exp":\#(time),"iat":\#(time),"nbf":\#(time)}"#
        _ = try Sample.refusal(claims: claims, rules: rules, now: now)
      }
    }
    #expect(TokenRules(leeway: .max).leeway == 300 && TokenRules(leeway: .min).leeway == 0)
  }

  @Test("A refusal tells where the parser stopped, and nothing of the token")
  func description() throws {
    let verifier = TokenVerifier(keys: try Sample.keys(), rules: TokenRules())
    let token = try Sample.token(claims: #"{"sub":"anna","sub":"bert"}"#)
    let error = #expect(throws: TokenRefusal.self) { try verifier.verify(token, now: Sample.now) }
    #expect(error?.description == "malformed_claims (duplicate key at byte 14)")
  }

  @Test("The payload of a JWS need not be JSON")
  func payload() throws {
    let token = try Sample.token(claims: "foo")
    #expect(try JWS.verify(token, keys: Sample.keys()) == Array("foo".utf8))
    #expect(try Sample.refusal(of: token) == .malformedClaims)
  }
}
