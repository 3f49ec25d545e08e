import Testing

@testable import Auth

@Suite("Times of a token")
struct TimesTests {
  /// What `exp`, `nbf` and `iat` say of the same text, by what the text is.
  private func check(
    _ text: String, _ expiry: TokenRefusal.Reason?, _ beginning: (TokenRefusal.Reason, TokenRefusal.Reason)?
  ) throws {
    #expect(try Sample.refusal(claims: #"{"sub":"anna","exp":\#(text)}"#) == expiry, "exp \(text)")
    let good = #""sub":"anna","exp":1900000600"#
    #expect(try Sample.refusal(claims: #"{\#(good),"nbf":\#(text)}"#) == beginning?.0, "nbf \(text)")
    #expect(try Sample.refusal(claims: #"{\#(good),"iat":\#(text)}"#) == beginning?.1, "iat \(text)")
  }

  @Test(
    "A time that is no JSON number makes the claims malformed",
    arguments: [
      "", "01", "-01", "00", "+1", "1.", ".5", "1e", "1e+", "-", "0x1", "Infinity", "-Infinity", "NaN", "1E400",
      "-1E400",
      "1_000", "1 000", "'1'", "1900000600s", "1,000", "\u{661}", "undefined",
      "1900000600.0000000000000000000000000000000000000000000000000000000000",
    ])
  func malformed(text: String) throws {
    try check(text, .malformedClaims, (.malformedClaims, .malformedClaims))
  }

  @Test(
    "A time that is no number from 0 to below 2⁵³ is refused, in every claim",
    arguments: [
      "-1", "-1E0", "-0.1", "-1e-5", "-1e300", "-9223372036854775808", "-9223372036854775809", "9007199254740992",
      "9007199254740993", "9007199254740991.5", "9.007199254740992e15", "9223372036854775807", "9223372036854775808",
      "9223372036854775809", "18446744073709551615", "18446744073709551616", "1e300", "1E300", "1.7976931348623157e308",
      #""1900000600""#, #""""#, #""Infinity""#, #""2030-03-17T17:56:40Z""#, "null", "true", "false", "[]",
      "[1900000600]", "{}", #"{"seconds":1900000600}"#,
    ])
  func invalid(text: String) throws {
    try check(text, .expiryInvalid, (.notBeforeInvalid, .issuedAtInvalid))
  }

  @Test(
    "A time long past ends a token and lets one begin, however small its number is",
    arguments: ["0", "-0", "0.0", "0e0", "0E-1", "1e-300", "1e-400", "4.9e-324", "1", "1e9"])
  func past(text: String) throws {
    try check(text, .expired, nil)
  }

  @Test(
    "A time far ahead keeps a token and lets none begin",
    arguments: ["9007199254740991", "9.007199254740991E15", "9007199254740990.4", "1e15", "2000000000"])
  func ahead(text: String) throws {
    try check(text, nil, (.notYetValid, .issuedInFuture))
  }

  @Test("Leeway counts to the second on both sides, and a fraction helps on neither", arguments: [Int64(0), 30, 300])
  func leeway(seconds: Int64) throws {
    let rules = TokenRules(leeway: seconds)
    func refusal(_ members: String) throws -> TokenRefusal.Reason? {
      try Sample.refusal(claims: #"{"sub":"anna",\#(members)}"#, rules: rules)
    }
    let last = Sample.now - seconds
    #expect(try refusal(#""exp":\#(last + 1)"#) == nil)
    for text in ["\(last)", "\(last).9", "\(last).999999", "\(last - 1)"] {
      #expect(try refusal(#""exp":\#(text)"#) == .expired)
    }
    let first = Sample.now + seconds
    for (claim, reason) in [("nbf", TokenRefusal.Reason.notYetValid), ("iat", .issuedInFuture)] {
      for text in ["\(first)", "\(first).0", "\(first - 1).9"] {
        #expect(try refusal(#""exp":2000000000,"\#(claim)":\#(text)"#) == nil)
      }
      for text in ["\(first).1", "\(first).000001", "\(first + 1)"] {
        #expect(try refusal(#""exp":2000000000,"\#(claim)":\#(text)"#) == reason)
      }
    }
  }

  @Test("exp spelled with escapes is exp: a second one is refused, and a look-alike is none")
  func escapedExpiry() throws {
    #expect(try Sample.refusal(claims: #"{"sub":"anna","ex\u0070":1900000600}"#) == nil)
    #expect(try Sample.refusal(claims: #"{"sub":"anna","exp":1,"ex\u0070":1900000600}"#) == .malformedClaims)
    #expect(try Sample.refusal(claims: #"{"sub":"anna","\u0065xp":1900000600,"exp":1}"#) == .malformedClaims)
    for name in ["Exp", "EXP", "exp ", "\u{435}xp", "exp\u{200B}"] {
      #expect(try Sample.refusal(claims: #"{"sub":"anna","\#(name)":1900000600}"#) == .expiryMissing)
    }
  }
}
