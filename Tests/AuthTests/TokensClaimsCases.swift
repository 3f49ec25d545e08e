import Testing

@testable import Auth

/// A token with a good signature, and the one reason it is refused for; nil where it is accepted.
struct ClaimsCase: Sendable, CustomTestStringConvertible {
  let name: String
  let header: String
  let claims: String
  let rules: TokenRules
  let reason: TokenRefusal.Reason?

  var testDescription: String { name }

  init(
    _ name: String, header: String = Sample.header, _ claims: String, _ rules: TokenRules,
    _ reason: TokenRefusal.Reason?
  ) {
    (self.name, self.header, self.claims, self.rules, self.reason) = (name, header, claims, rules, reason)
  }

  init(_ name: String, header: String = Sample.header, _ claims: String, _ reason: TokenRefusal.Reason?) {
    self.init(name, header: header, claims, TokenRules(), reason)
  }

  /// A case by what stands beside a good `sub` and `exp`.
  static func with(
    _ name: String, _ members: String, _ rules: TokenRules, _ reason: TokenRefusal.Reason?
  ) -> ClaimsCase {
    ClaimsCase(name, #"{"sub":"anna","exp":1900000600,\#(members)}"#, rules, reason)
  }

  static func with(_ name: String, _ members: String, _ reason: TokenRefusal.Reason?) -> ClaimsCase {
    with(name, members, TokenRules(), reason)
  }

  /// A case by the text of `exp`.
  static func expiry(_ text: String, _ reason: TokenRefusal.Reason?) -> ClaimsCase {
    ClaimsCase("exp \(text)", #"{"sub":"anna","exp":\#(text)}"#, reason)
  }

  /// A case by the text of `sub`.
  static func subject(_ text: String, _ reason: TokenRefusal.Reason?) -> ClaimsCase {
    ClaimsCase("sub \(text)", #"{"sub":\#(text),"exp":1900000600}"#, reason)
  }
}

extension ClaimsCase {
  static let times: [ClaimsCase] = [
    ClaimsCase("no exp", #"{"sub":"anna"}"#, .expiryMissing),
    .expiry("1900000001", nil), .expiry("1.9000006e9", nil), .expiry("1900000600.5", nil),
    .expiry("9007199254740991", nil), .expiry("9007199254740992", .expiryInvalid),
    .expiry("9223372036854775807", .expiryInvalid), .expiry("18446744073709551616", .expiryInvalid),
    .expiry("1e300", .expiryInvalid), .expiry("1e15", nil), .expiry("1e16", .expiryInvalid),
    .expiry("1e400", .malformedClaims), .expiry("-1", .expiryInvalid), .expiry("-1e300", .expiryInvalid),
    .expiry("-9223372036854775808", .expiryInvalid), .expiry("-0.5", .expiryInvalid), .expiry("-0", .expired),
    .expiry("0", .expired), .expiry("1e-300", .expired), .expiry(#""1900000600""#, .expiryInvalid),
    .expiry("null", .expiryInvalid), .expiry("true", .expiryInvalid), .expiry("[1900000600]", .expiryInvalid),
    .expiry("{}", .expiryInvalid), .expiry("NaN", .malformedClaims), .expiry("0x7fffffff", .malformedClaims),
    // Leeway is 30 s: good while now − 30 < exp, a fraction never helping.
    .expiry("1899999971", nil), .expiry("1899999970", .expired), .expiry("1899999970.9", .expired),
    .with("nbf at the leeway", #""nbf":1900000030"#, nil),
    .with("nbf past it", #""nbf":1900000031"#, .notYetValid),
    .with("nbf a fraction past it", #""nbf":1900000030.1"#, .notYetValid),
    .with("nbf huge", #""nbf":1e300"#, .notBeforeInvalid), .with("nbf text", #""nbf":"1""#, .notBeforeInvalid),
    .with("nbf null", #""nbf":null"#, .notBeforeInvalid), .with("nbf negative", #""nbf":-1"#, .notBeforeInvalid),
    .with("iat at the leeway", #""iat":1900000030"#, nil),
    .with("iat in the future", #""iat":1900000031"#, .issuedInFuture),
    .with("iat huge", #""iat":9223372036854775807"#, .issuedAtInvalid),
    .with("iat text", #""iat":"1899999990""#, .issuedAtInvalid),
    .with("iat needed", #""a":1"#, TokenRules(maximumLifetime: 600), .issuedAtMissing),
    .with("lifetime at the maximum", #""iat":1900000000"#, TokenRules(maximumLifetime: 600), nil),
    .with("lifetime over it", #""iat":1899999999"#, TokenRules(maximumLifetime: 600), .lifetimeTooLong),
  ]

  private static let ours = TokenRules(issuer: "https://issuer.example", audiences: ["chat", "push"])
  private static let issuer = #""iss":"https://issuer.example""#

  static let parties: [ClaimsCase] = [
    .with("aud of ours", issuer + #","aud":"push""#, ours, nil),
    .with("aud list with ours", issuer + #","aud":["x","chat"]"#, ours, nil),
    .with("aud missing", issuer, ours, .audienceMissing),
    .with("aud of another", issuer + #","aud":"x""#, ours, .audienceMismatch),
    .with("aud list of others", issuer + #","aud":["x","y"]"#, ours, .audienceMismatch),
    .with("aud longer than ours", issuer + #","aud":"chats""#, ours, .audienceMismatch),
    .with("aud in another case", issuer + #","aud":"Chat""#, ours, .audienceMismatch),
    .with("aud with ours inside", issuer + #","aud":"x chat y""#, ours, .audienceMismatch),
    .with("aud empty text", issuer + #","aud":"""#, ours, .audienceMismatch),
    .with("aud empty list", issuer + #","aud":[]"#, ours, .audienceInvalid),
    .with("aud null", issuer + #","aud":null"#, ours, .audienceInvalid),
    .with("aud number", issuer + #","aud":1"#, ours, .audienceInvalid),
    .with("aud object", issuer + #","aud":{"chat":"chat"}"#, ours, .audienceInvalid),
    .with("aud list with a number", issuer + #","aud":["chat",1]"#, ours, .audienceInvalid),
    .with("aud list in a list", issuer + #","aud":[["chat"]]"#, ours, .audienceInvalid),
    .with("aud not asked for", #""aud":"x""#, nil),
    .with("aud not asked for but empty", #""aud":[]"#, .audienceInvalid),
    .with("iss missing", #""aud":"chat""#, ours, .issuerMissing),
    .with("iss of another", #""iss":"https://issuer.example/","aud":"chat""#, ours, .issuerMismatch),
    .with("iss list", #""iss":["https://issuer.example"],"aud":"chat""#, ours, .issuerInvalid),
    .with("iss null", #""iss":null"#, .issuerInvalid),
    // U+212A, the Kelvin sign, is canonically equivalent to "K", to Swift's == too.
    .with("iss Unicode-equivalent", #""iss":"\u212A""#, TokenRules(issuer: "K"), .issuerMismatch),
    .with("aud Unicode-equivalent", #""aud":"\u212A""#, TokenRules(audiences: ["K"]), .audienceMismatch),
    .with("aud composed for decomposed", #""aud":"e\u0301""#, TokenRules(audiences: ["\u{E9}"]), .audienceMismatch),
    .with("aud list with null", issuer + #","aud":["chat",null]"#, ours, .audienceInvalid),
    .with("aud list with an object", issuer + #","aud":["chat",{}]"#, ours, .audienceInvalid),
    .with("aud list of ours twice", issuer + #","aud":["chat","chat"]"#, ours, nil),
    .with("aud list with ours last", issuer + #","aud":["","x","push"]"#, ours, nil),
    .with("aud list of an empty text", issuer + #","aud":[""]"#, ours, .audienceMismatch),
    .with("aud true", issuer + #","aud":true"#, ours, .audienceInvalid),
    .with("aud as JSON in a text", issuer + #","aud":"[\"chat\"]""#, ours, .audienceMismatch),
    .with("aud with a space", issuer + #","aud":"chat ""#, ours, .audienceMismatch),
    .with("aud with commas", issuer + #","aud":"chat,push""#, ours, .audienceMismatch),
    .with("aud with a NUL", issuer + #","aud":"chat\u0000""#, ours, .malformedClaims),
    .with("aud twice", issuer + #","aud":"chat","aud":"x""#, ours, .malformedClaims),
    .with("aud twice by an escape", issuer + #","aud":"x","\u0061ud":"chat""#, ours, .malformedClaims),
    .with("aud under another case", issuer + #","AUD":"chat""#, ours, .audienceMissing),
    .with("aud not asked for but a number", #""aud":1"#, .audienceInvalid),
    .with("iss empty", #""iss":"","aud":"chat""#, ours, .issuerMismatch),
    .with("iss in another case", #""iss":"https://ISSUER.example","aud":"chat""#, ours, .issuerMismatch),
    .with("iss prefix of ours", #""iss":"https://issuer.exampl","aud":"chat""#, ours, .issuerMismatch),
    .with("iss with another port", #""iss":"https://issuer.example:443","aud":"chat""#, ours, .issuerMismatch),
    .with("iss with a space", #""iss":" https://issuer.example","aud":"chat""#, ours, .issuerMismatch),
    .with("iss number", #""iss":1"#, .issuerInvalid), .with("iss object", #""iss":{}"#, .issuerInvalid),
    .with("iss true", #""iss":true"#, .issuerInvalid),
    .with("iss decomposed for composed", #""iss":"e\u0301""#, TokenRules(issuer: "\u{E9}"), .issuerMismatch),
    .with("iss twice", issuer + #","iss":"x","aud":"chat""#, ours, .malformedClaims),
    .with("aud escaped", #""aud":"\u0063hat""#, TokenRules(audiences: ["chat"]), nil),
  ]

  static let contents: [ClaimsCase] = [
    ClaimsCase("sub missing", #"{"exp":1900000600}"#, .subjectMissing),
    .subject(#""anna.K_1@x-y""#, nil), .subject(#""""#, .subjectInvalid), .subject("null", .subjectInvalid),
    .subject("42", .subjectInvalid), .subject(#"["anna"]"#, .subjectInvalid), .subject(#""a b""#, .subjectInvalid),
    .subject(#""a:b""#, .subjectInvalid), .subject(#""a#b""#, .subjectInvalid),
    .subject(#""ann\u00e4""#, .subjectInvalid),
    .subject(#""anna\n""#, .subjectInvalid), .subject(#""\u212A""#, .subjectInvalid),
    .subject(#""anna\u0000""#, .malformedClaims), .subject("{}", .subjectInvalid), .subject("true", .subjectInvalid),
    .subject(#"" anna""#, .subjectInvalid), .subject(#""\uFF41nna""#, .subjectInvalid),
    .subject(#""anna\u200B""#, .subjectInvalid), .subject(#""../anna""#, .subjectInvalid),
    .subject(#""anna'--""#, .subjectInvalid), .subject(#""*""#, .subjectInvalid),
    .subject(#""ann\u0061""#, nil),
    ClaimsCase("sub under another case", #"{"SUB":"anna","Sub":"anna","exp":1900000600}"#, .subjectMissing),
    ClaimsCase("sub in claims inside", #"{"claims":{"sub":"anna"},"exp":1900000600}"#, .subjectMissing),
    .subject(#""\#(String(repeating: "a", count: 64))""#, nil),
    .subject(#""\#(String(repeating: "a", count: 65))""#, .subjectInvalid),
    .with("jti", #""jti":"a b~!""#, nil), .with("jti empty", #""jti":"""#, .tokenIDInvalid),
    .with("jti number", #""jti":1"#, .tokenIDInvalid), .with("jti not ASCII", #""jti":"\u00e9""#, .tokenIDInvalid),
    .with("jti control", #""jti":"a\tb""#, .tokenIDInvalid),
    .with("jti of 128", #""jti":"\#(String(repeating: "j", count: 128))""#, nil),
    .with("jti of 129", #""jti":"\#(String(repeating: "j", count: 129))""#, .tokenIDInvalid),
    .with("info text", #""info":"x""#, .infoInvalid), .with("info null", #""info":null"#, .infoInvalid),
    .with("info list", #""info":[]"#, .infoInvalid), .with("info empty", #""info":{}"#, nil),
    .with("info of 1024", #""info":{"a":"\#(String(repeating: "i", count: 1_016))"}"#, nil),
    .with("info of 1025", #""info":{"a":"\#(String(repeating: "i", count: 1_017))"}"#, .infoTooLarge),
    ClaimsCase("empty payload", "", .malformedClaims), ClaimsCase("list", "[]", .malformedClaims),
    ClaimsCase("two documents", "{}{}", .malformedClaims),
    ClaimsCase("BOM", "\u{FEFF}" + Sample.claims, .malformedClaims),
    .with("duplicate sub", #""sub":"bert""#, .malformedClaims),
    .with("duplicate exp", #""exp":9007199254740991"#, .malformedClaims),
    .with("duplicate by an escape", #""\u0073ub":"bert""#, .malformedClaims),
    .with("duplicate in info", #""info":{"a":1,"a":2}"#, .malformedClaims),
    .with(
      "too deep", #""x":\#(String(repeating: "[", count: 99))\#(String(repeating: "]", count: 99))"#, .malformedClaims),
    .with("duplicate unknown", #""x":1,"x":1"#, .malformedClaims),
    .with("duplicate inside a list", #""x":[{"y":1,"\u0079":2}]"#, .malformedClaims),
    .with("another case is another claim", #""SUB":"bert","Exp":1"#, nil),
    .with("a subscription's token", #""channel":"match:m1""#, .subscriptionToken),
    .with("a subscription's token of no channel", #""channel":"""#, .subscriptionToken),
    .with("channel null", #""channel":null"#, .subscriptionToken),
    .with("unknown claims", #""admin":true,"channels":["user:bert"]"#, nil),
  ]

  static let headers: [ClaimsCase] = [
    ClaimsCase("header list", header: "[]", Sample.claims, .malformedHeader),
    ClaimsCase("header empty", header: "", Sample.claims, .malformedHeader),
    ClaimsCase("alg twice", header: #"{"alg":"HS256","alg":"none"}"#, Sample.claims, .malformedHeader),
    ClaimsCase("alg twice by an escape", header: #"{"alg":"HS256","\u0061lg":"x"}"#, Sample.claims, .malformedHeader),
    ClaimsCase("1e300 in the header", header: #"{"alg":"HS256","x":1e300}"#, Sample.claims, nil),
    ClaimsCase("trailing comma", header: #"{"alg":"HS256",}"#, Sample.claims, .malformedHeader),
    ClaimsCase("kid number", header: #"{"alg":"HS256","kid":1}"#, Sample.claims, .malformedHeader),
    ClaimsCase("kid null", header: #"{"alg":"HS256","kid":null}"#, Sample.claims, .malformedHeader),
    ClaimsCase("typ number", header: #"{"alg":"HS256","typ":1}"#, Sample.claims, .malformedHeader),
    ClaimsCase("cty list", header: #"{"alg":"HS256","cty":["JWT"]}"#, Sample.claims, .malformedHeader),
    ClaimsCase("cty other", header: #"{"alg":"HS256","cty":"json"}"#, Sample.claims, nil),
    ClaimsCase("typ not asked for", header: #"{"alg":"HS256","typ":"x"}"#, Sample.claims, nil),
    ClaimsCase("typ missing", Sample.claims, TokenRules(type: "at+jwt"), .typeMismatch),
    ClaimsCase("typ", header: #"{"alg":"HS256","typ":"at+jwt"}"#, Sample.claims, TokenRules(type: "at+jwt"), nil),
    ClaimsCase(
      "typ spelled out", header: #"{"alg":"HS256","typ":"application/AT+JWT"}"#, Sample.claims,
      TokenRules(type: "at+jwt"), nil),
    ClaimsCase(
      "typ with a space", header: #"{"alg":"HS256","typ":"at+jwt "}"#, Sample.claims, TokenRules(type: "at+jwt"),
      .typeMismatch),
    ClaimsCase(
      "typ with a parameter", header: #"{"alg":"HS256","typ":"at+jwt;v=1"}"#, Sample.claims,
      TokenRules(type: "at+jwt"), .typeMismatch),
    ClaimsCase(
      "typ of another tree", header: #"{"alg":"HS256","typ":"text/at+jwt"}"#, Sample.claims,
      TokenRules(type: "at+jwt"), .typeMismatch),
    ClaimsCase(
      "typ empty", header: #"{"alg":"HS256","typ":""}"#, Sample.claims, TokenRules(type: "at+jwt"), .typeMismatch),
    ClaimsCase(
      "typ Unicode-equivalent", header: #"{"alg":"HS256","typ":"\u212Ab+jwt"}"#, Sample.claims,
      TokenRules(type: "kb+jwt"), .typeMismatch),
    ClaimsCase("typ null", header: #"{"alg":"HS256","typ":null}"#, Sample.claims, .malformedHeader),
    ClaimsCase("header twice", header: #"{"alg":"HS256"}{"alg":"HS256"}"#, Sample.claims, .malformedHeader),
    ClaimsCase("header with a BOM", header: "\u{FEFF}" + Sample.header, Sample.claims, .malformedHeader),
    ClaimsCase(
      "duplicate inside the header", header: #"{"alg":"HS256","jwk":{"k":1,"\u006b":2}}"#, Sample.claims,
      .malformedHeader),
    ClaimsCase(
      "typ of another", header: #"{"alg":"HS256","typ":"JWT"}"#, Sample.claims, TokenRules(type: "at+jwt"),
      .typeMismatch),
  ]
}
