import Testing

@testable import Auth

@Suite("Substituted algorithms and keys")
struct SubstitutionTests {
  static let asymmetric = Algorithm.allCases.filter { $0.keyType != .secret }

  /// Sets with the public key of `pair`: bound to the algorithm, and bound by its type alone where HMAC is allowed too.
  private func sets(_ pair: KeyPair, _ algorithm: Algorithm) throws -> [KeySet] {
    [
      try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: algorithm),
      try KeySet(jwksFile: Array(pair.jwk(algorithm).utf8), allowed: Set(Algorithm.allCases)),
    ]
  }

  @Test("alg none passes with no type of key, whatever stands for the signature", arguments: Algorithm.allCases)
  func none(algorithm: Algorithm) throws {
    let keys =
      algorithm.keyType == .secret
      ? [try Sample.keys(algorithm)] : try sets(KeyPair.pair(for: algorithm), algorithm)
    for name in ["none", "None", "nOnE", "NONE", ""] {
      for signature in [[], [0], [UInt8](repeating: 0, count: 64)] {
        let token = forgedToken(header: #"{"alg":"\#(name)"}"#) { _ in signature }
        for keys in keys { #expect(try Sample.refusal(of: token, keys: keys) == .algorithmUnknown) }
      }
    }
  }

  @Test(
    "alg is a string or the token is refused, its signature being good",
    arguments: ["null", "0", "256", "true", "false", "[]", #"["HS256"]"#, "{}", #"{"HS256":"HS256"}"#, #"["none"]"#])
  func algorithmOfAnotherType(value: String) throws {
    #expect(try Sample.refusal(header: #"{"alg":\#(value)}"#) == .algorithmUnknown)
  }

  @Test("A name that only looks like an algorithm's is none of them; one spelled with escapes is that name")
  func lookalikes() throws {
    for name in ["\u{FF28}\u{FF33}256", "\u{397}S256", "HS256\u{200B}", "HS\u{B2}56", "\u{FEFF}HS256", "HS256,none"] {
      #expect(try Sample.refusal(header: #"{"alg":"\#(name)"}"#) == .algorithmUnknown)
    }
    #expect(try Sample.refusal(header: #"{"alg":"HS256\u0000"}"#) == .malformedHeader)
    #expect(try Sample.refusal(header: #"{"\u0061lg":"HS\u0032\u0035\u0036"}"#) == nil)
    #expect(try Sample.refusal(header: #"{"ALG":"HS256","Alg":"HS256"}"#) == .algorithmMissing)
  }

  @Test("No form of a public key is an HMAC secret for its tokens", arguments: asymmetric)
  func publicKeyAsSecret(algorithm: Algorithm) throws {
    let pair = try KeyPair.pair(for: algorithm)
    let pem = try pair.publicPEM()
    let der = try pair.publicDER()
    let number = algorithm.keyType == .rsa ? try pair.number("n") : try pair.point()
    let jwk = Array(try pair.jwk(algorithm).utf8)
    let secrets = [pem, Array(pem.dropLast()), der, Base64URL.encode(der), number, Base64URL.encode(number), jwk, []]
    for keys in try sets(pair, algorithm) {
      for secret in secrets {
        for mac in [Algorithm.hs256, .hs384, .hs512] {
          for name in [mac.rawValue, algorithm.rawValue] {
            let token = try forgedToken(header: #"{"alg":"\#(name)"}"#) {
              try hmac(#require(mac.digest), key: secret, of: $0)
            }
            let expected: TokenRefusal.Reason = name == mac.rawValue ? .algorithmMismatch : .signatureMismatch
            #expect(try Sample.refusal(of: token, keys: keys) == expected)
          }
        }
      }
    }
  }

  @Test("A key that the token brings along is not used with any algorithm, secrets and thumbprints included")
  func embeddedKeys() throws {
    for algorithm in Self.asymmetric {
      let attacker = try KeyPair.pair(for: algorithm)
      let key = try EVPKey(privateKeyPEM: attacker.privatePEM())
      let header = #"{"alg":"\#(algorithm.rawValue)","jwk":\#(try attacker.jwk(algorithm))}"#
      let token = try forgedToken(header: header) { try #require(key.signature(of: $0[...], by: algorithm)) }
      for keys in try sets(KeyPair.pair(for: algorithm), algorithm) {
        #expect(try Sample.refusal(of: token, keys: keys) == .signatureMismatch)
      }
    }
    let secret = [UInt8](repeating: 7, count: 32)
    let header = #"{"alg":"HS256","jwk":{"kty":"oct","k":"\#(text64(secret))"},"x5t":"AA","x5t#S256":"AA","zip":"DEF"}"#
    let token = try forgedToken(header: header) { try hmac(.sha256, key: secret, of: $0) }
    #expect(try Sample.refusal(of: token) == .signatureMismatch)
    #expect(try Sample.refusal(header: header) == nil)
  }

  @Test(
    "A kid that is no string, or has a NUL, is refused before a key is looked for",
    arguments: ["null", "1", "true", #"["a"]"#, #"{"a":"a"}"#, #""a\u0000""#, #""\u0000""#])
  func keyIDOfAnotherType(value: String) throws {
    #expect(
      try Sample.refusal(of: Sample.token(header: #"{"alg":"HS256","kid":\#(value)}"#), keys: Sample.keys(id: "a"))
        == .malformedHeader)
  }

  @Test("A kid of any length finds its own key or none", arguments: [255, 256, 257, 4_000, 5_000])
  func keyIDLength(count: Int) throws {
    let text = String(repeating: "k", count: count)
    let token = try Sample.token(header: #"{"alg":"HS256","kid":"\#(text)"}"#)
    // A header of over 4 KiB is not read.
    let isRead = count < 5_000
    let short = try Sample.keys(id: String(text.prefix(255)))
    #expect(
      try Sample.refusal(of: token, keys: short) == (count == 255 ? nil : isRead ? .keyUnknown : .malformedHeader))
  }

  @Test("An escaped kid is the same kid; two of them are refused, escaped or not")
  func escapedKeyID() throws {
    let keys = try KeySet(merging: [
      Sample.keys(id: "a"), KeySet(secret: Sample.secret.reversed(), algorithm: .hs256, keyID: "b"),
    ])
    func refusal(_ members: String) throws -> TokenRefusal.Reason? {
      try Sample.refusal(of: Sample.token(header: #"{"alg":"HS256",\#(members)}"#), keys: keys)
    }
    #expect(try refusal(#""kid":"\u0061""#) == nil)
    #expect(try refusal(#""kid":"b","kid":"a""#) == .malformedHeader)
    #expect(try refusal(#""kid":"a","k\u0069d":"b""#) == .malformedHeader)
    #expect(try refusal(#""KID":"a""#) == .keyIDMissing)
  }

  @Test(
    "crit is refused where what it names is there, unknown, absent, twice or no name, and however it is spelled",
    arguments: [
      #""crit":["kid"],"kid":"a""#, #""crit":["alg"]"#, #""crit":["http://example.com/x"]"#,
      #""crit":["b64"],"b64":true"#,
      #""crit":["b64"],"b64":false"#, #""crit":["exp","exp"]"#, #""crit":[1]"#, #""crit":{}"#, #""crit":false"#,
      #""cr\u0069t":["x"]"#,
    ])
  func critical(members: String) throws {
    #expect(try Sample.refusal(header: #"{"alg":"HS256",\#(members)}"#) == .criticalExtension)
  }

  @Test("b64 is refused whatever it is, and an unencoded payload with it")
  func unencoded() throws {
    for value in ["null", "0", #""false""#, "[]"] {
      #expect(try Sample.refusal(header: #"{"alg":"HS256","b64":\#(value)}"#) == .unencodedPayload)
    }
    let header = text64(#"{"alg":"HS256","b64":false}"#.utf8)
    let input = Array("\(header).\(Sample.claims)".utf8)
    let token = try input + [UInt8(ascii: ".")] + Base64URL.encode(hmac(.sha256, key: Sample.secret, of: input))
    #expect(try Sample.refusal(of: token) == .unencodedPayload)
  }

  @Test("A key of one curve is not a key of another's algorithm, in PEM and as JWK")
  func curves() throws {
    for own in [Algorithm.es256, .es384, .es512, .edDSA] {
      let pair = try KeyPair.pair(for: own)
      for other in [Algorithm.es256, .es384, .es512, .edDSA] where other != own {
        #expect(
          try refusal { _ = try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: other) } == .algorithmMismatch)
        let jwk = try pair.jwk(own, extra: #","alg":"\#(other.rawValue)""#)
        let error = #expect(throws: KeyError.self) { try KeySet(jwksFile: Array(jwk.utf8), allowed: [own, other]) }
        #expect(error?.skipped.first?.reason == .algorithmMismatch)
      }
    }
  }
}
