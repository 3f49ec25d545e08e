import Testing

@testable import Auth

@Suite("Key sets")
struct KeySetTests {
  private static let all = Set(Algorithm.allCases)

  private func secretJWK(_ extra: String, secret: [UInt8] = Sample.secret) -> String {
    #"{"kty":"oct","k":"\#(text64(secret))"\#(extra)}"#
  }

  private func keys(_ jwks: String..., allowed: Set<Algorithm> = all) throws -> KeySet {
    try KeySet(jwksFile: Array(#"{"keys":[\#(jwks.joined(separator: ","))]}"#.utf8), allowed: allowed)
  }

  private func token(kid: String?, secret: [UInt8] = Sample.secret) throws -> [UInt8] {
    let signer = try TokenSigner(key: SigningKey(secret: secret), algorithm: .hs256, keyID: kid)
    return Array(try signer.sign(claimsJSON: Array(Sample.claims.utf8)).utf8)
  }

  @Test("A kid chooses its key alone: unknown, absent and empty ones fall back to none")
  func exactKey() throws {
    let other = Array(Sample.secret.reversed())
    let two = try keys(
      secretJWK(#","alg":"HS256","kid":"a""#), secretJWK(#","alg":"HS256","kid":"b""#, secret: other))
    #expect(try Sample.refusal(of: token(kid: "a"), keys: two) == nil)
    #expect(try Sample.refusal(of: token(kid: "b", secret: other), keys: two) == nil)
    #expect(try Sample.refusal(of: token(kid: "b"), keys: two) == .signatureMismatch)
    #expect(try Sample.refusal(of: token(kid: "c"), keys: two) == .keyUnknown)
    #expect(try Sample.refusal(of: token(kid: "A"), keys: two) == .keyUnknown)
    #expect(try Sample.refusal(of: token(kid: nil), keys: two) == .keyIDMissing)
    let empty = try Sample.token(header: #"{"alg":"HS256","kid":""}"#)
    #expect(try Sample.refusal(of: empty, keys: two) == .keyUnknown)
  }

  @Test("One key serves tokens without a kid, and those with its own")
  func oneKey() throws {
    let named = try Sample.keys(id: "a")
    #expect(try Sample.refusal(of: token(kid: nil), keys: named) == nil)
    #expect(try Sample.refusal(of: token(kid: "a"), keys: named) == nil)
    #expect(try Sample.refusal(of: token(kid: "b"), keys: named) == .keyUnknown)
    #expect(try Sample.refusal(of: token(kid: "a"), keys: Sample.keys()) == .keyUnknown)
  }

  @Test(
    "A kid is compared as bytes: what Unicode holds equal is another key",
    arguments: [
      ("K", "\u{212A}"), ("\u{E9}", "e\u{301}"), ("\u{C5}", "\u{212B}"), ("key", "key\u{200B}"), ("key", "key "),
      ("key", "KEY"),
    ])
  func unicodeKeyID(id: String, other: String) throws {
    let keys = try Sample.keys(id: id)
    #expect(try Sample.refusal(of: token(kid: id), keys: keys) == nil)
    #expect(try Sample.refusal(of: token(kid: other), keys: keys) == .keyUnknown)
    let both = try KeySet(merging: [keys, KeySet(secret: Sample.secret.reversed(), algorithm: .hs256, keyID: other)])
    #expect(both.count == 2)
    #expect(try Sample.refusal(of: token(kid: other), keys: both) == .signatureMismatch)
  }

  @Test(
    "A kid that looks like a path, a query, a list or an escape finds nothing",
    arguments: ["../../dev/null", "' OR '1'='1", "a,b", "https://attacker.example/key", "*", "a\n", #"\u0061"#])
  func hostileKeyID(kid: String) throws {
    #expect(try Sample.refusal(of: token(kid: kid), keys: Sample.keys(id: "a")) == .keyUnknown)
  }

  @Test("The same kid twice is refused, in a document and in a merger, however it is escaped")
  func duplicates() throws {
    let rsa = try KeyPair.rsa().jwk(.rs256, extra: #","kid":"a""#)
    let curve = try KeyPair.curve("P-256").jwk(.es256, extra: #","kid":"\u0061""#)
    #expect(try refusal { _ = try keys(rsa, curve) } == .duplicateKeyID)
    #expect(try refusal { _ = try KeySet(merging: [keys(rsa), keys(curve)]) } == .duplicateKeyID)
    // A twin that is broken counts, one that is for something else does not.
    #expect(try refusal { _ = try keys(rsa, #"{"kty":"EC","crv":"P-256","kid":"a"}"#) } == .duplicateKeyID)
    #expect(try keys(rsa, #"{"kty":"EC","crv":"P-256","kid":"a","use":"enc"}"#).count == 1)
  }

  @Test("Several sources make one set; among several a key without a kid is refused")
  func merging() throws {
    let curve = try KeyPair.curve("P-256").jwk(.es256, extra: #","kid":"e","use":"sig""#)
    let merged = try KeySet(merging: [Sample.keys(id: "a"), keys(curve, #"{"kty":"AKP"}"#)])
    #expect(merged.count == 2)
    #expect(merged.skipped == [SkippedKey(index: 1, reason: .typeUnknown)])
    #expect(try Sample.refusal(of: token(kid: "a"), keys: merged) == nil)
    #expect(try Sample.refusal(of: token(kid: nil), keys: merged) == .keyIDMissing)
    #expect(try KeySet(merging: [merged]).count == 2)
    #expect(try refusal { _ = try KeySet(merging: [Sample.keys(), keys(curve)]) } == .keyIDMissing)
    #expect(try refusal { _ = try KeySet(merging: []) } == .noUsableKey)
  }

  @Test("Keys that cannot be used are skipped with their reason, the others work")
  func skipped() throws {
    let rsa = try KeyPair.rsa()
    let unusable: [(String, KeyError.Reason)] = [
      (try rsa.jwk(.rs256, extra: #","kid":"1","use":"enc""#), .notForSignatures),
      (try rsa.jwk(.rs256, extra: #","kid":"2","use":["sig"]"#), .notForSignatures),
      (try rsa.jwk(.rs256, extra: #","kid":"3","key_ops":["sign","encrypt"]"#), .notForVerifying),
      (try rsa.jwk(.rs256, extra: #","kid":"4","key_ops":[]"#), .notForVerifying),
      (try rsa.jwk(.rs256, extra: #","kid":"5","key_ops":"verify""#), .malformedKey),
      (try rsa.jwk(.rs256, extra: #","kid":"6","alg":"none""#), .algorithmUnknown),
      (try rsa.jwk(.rs256, extra: #","kid":"7","alg":"RSA-OAEP""#), .algorithmUnknown),
      (try rsa.jwk(.rs256, extra: #","kid":"8","alg":"HS256""#), .algorithmMismatch),
      (try rsa.jwk(.rs256, extra: #","kid":"9","alg":"ES256""#), .algorithmMismatch),
      (try rsa.jwk(.rs256, extra: #","kid":"10","alg":"RS384""#), .algorithmNotAllowed),
      (try rsa.jwk(.rs256, extra: #","kid":7"#), .malformedKey),
      (try rsa.jwk(.rs256, extra: #","kid":"""#), .keyIDInvalid),
      (try rsa.jwk(.rs256, extra: #","kid":"\#(String(repeating: "k", count: 257))""#), .keyIDInvalid),
      (try rsa.jwk(.rs256), .keyIDMissing),
      (#"{"kty":"RSA","kid":"11"}"#, .malformedKey),
      (#"{"kid":"12"}"#, .malformedKey),
      (#"{"kty":"rsa","kid":"13"}"#, .typeUnknown),
      (#"{"kty":"AKP","alg":"ML-DSA-44","kid":"14"}"#, .typeUnknown),
      (#"{"kty":"EC","crv":"secp256k1","kid":"15","x":"","y":""}"#, .curveUnknown),
      (#"{"kty":"EC","crv":"Ed25519","kid":"16","x":""}"#, .curveUnknown),
      (#"{"kty":"OKP","crv":"Ed448","kid":"17","x":""}"#, .curveUnknown),
      (#"{"kty":"OKP","crv":"X25519","kid":"18","x":""}"#, .curveUnknown),
      (#"{"kty":"OKP","kid":"19","x":""}"#, .malformedKey),
    ]
    let good = try KeyPair.ed25519()
    let document = unusable.map(\.0) + [try good.jwk(.edDSA, extra: #","kid":"good""#)]
    let set = try KeySet(
      jwksFile: Array(#"{"keys":[\#(document.joined(separator: ","))]}"#.utf8), allowed: [.rs256, .edDSA])
    #expect(set.count == 1)
    for (index, entry) in unusable.enumerated() {
      #expect(set.skipped.first { $0.index == index }?.reason == entry.1, "\(entry.0)")
    }
    let signer = try TokenSigner(key: SigningKey(privateKeyPEM: good.privatePEM()), algorithm: .edDSA, keyID: "good")
    let token = Array(try signer.sign(claimsJSON: Array(Sample.claims.utf8)).utf8)
    #expect(try Sample.refusal(of: token, keys: set) == nil)
  }

  @Test("A set in which no key is left says why for each")
  func noneLeft() throws {
    let error = #expect(throws: KeyError.self) {
      try keys(
        #"{"kty":"AKP","kid":"a"}"#, secretJWK(#","kid":"b""#), secretJWK(#","alg":"HS512","kid":"c""#, secret: [1]))
    }
    #expect(
      error?.description
        == "no_usable_key (keys[0]: type_unknown, keys[1]: algorithm_missing, keys[2]: secret_too_short)")
  }

  @Test("Secrets among public keys are refused as a whole")
  func mixed() throws {
    let curve = try KeyPair.curve("P-256").jwk(.es256, extra: #","kid":"e""#)
    #expect(try refusal { _ = try keys(curve, secretJWK(#","alg":"HS256","kid":"a""#)) } == .secretAmongPublicKeys)
  }

  @Test(
    "What is no JWK Set is refused as a whole",
    arguments: [
      "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[1]}"#, #"{"keys":[[]]}"#, #"{"keys":null}"#, "null",
      #"{"keys":[],"keys":[]}"#,
      #"{"keys":[{"kty":"oct","kty":"oct"}]}"#, #"{"keys":[]},"#,
    ])
  func malformed(text: String) throws {
    #expect(try refusal { _ = try KeySet(jwksFile: Array(text.utf8), allowed: Self.all) } == .malformedSet)
  }

  @Test("An empty set, one of 65 keys and one of over 128 KiB are refused")
  func limits() throws {
    #expect(try refusal { _ = try keys() } == .noUsableKey)
    func set(_ count: Int) throws -> KeySet {
      let entries = (0..<count).map { secretJWK(#","alg":"HS256","kid":"\#($0)""#) }
      return try KeySet(jwksFile: Array(#"{"keys":[\#(entries.joined(separator: ","))]}"#.utf8), allowed: Self.all)
    }
    #expect(try set(64).count == 64)
    #expect(try refusal { _ = try set(65) } == .tooManyKeys)
    let padded = Array(#"{"keys":[]}"#.utf8) + [UInt8](repeating: 0x20, count: 131_072)
    #expect(try refusal { _ = try KeySet(jwksFile: padded, allowed: Self.all) } == .setTooLarge)
  }

  @Test("Of a key pair's JWK only the public half is read, be the private one nonsense")
  func privateParts() throws {
    let pair = try KeyPair.curve("P-384")
    let set = try keys(pair.jwk(.es384, extra: #","kid":"a","d":"!","p":7,"oth":[]"#))
    let signer = try TokenSigner(key: SigningKey(privateKeyPEM: pair.privatePEM()), algorithm: .es384, keyID: "a")
    let token = Array(try signer.sign(claimsJSON: Array(Sample.claims.utf8)).utf8)
    #expect(try Sample.refusal(of: token, keys: set) == nil)
  }

  @Test("A key pair that everybody can read is left out, and its kid counts")
  func publishedPair() throws {
    for (pair, algorithm) in [
      (try KeyPair.curve("P-256"), Algorithm.es256), (try .ed25519(), .edDSA), (try .rsa(), .rs256),
    ] {
      let good = try KeyPair.curve("P-384").jwk(.es384, extra: #","kid":"good""#)
      let bad = try pair.jwk(algorithm, extra: #","kid":"bad","d":"AAAA""#)
      let set = try KeySet(
        jwksFile: Array(#"{"keys":[\#(good),\#(bad)]}"#.utf8), allowed: Self.all, isPublished: true)
      #expect(set.count == 1)
      #expect(set.skipped == [SkippedKey(index: 1, reason: .privateKeyPublished)])
      #expect(try keys(good, bad).count == 2, "a file may be its owner's alone")
      let twin = try pair.jwk(algorithm, extra: #","kid":"bad""#)
      #expect(
        try refusal {
          _ = try KeySet(jwksFile: Array(#"{"keys":[\#(twin),\#(bad)]}"#.utf8), allowed: Self.all, isPublished: true)
        } == .duplicateKeyID)
    }
  }

  @Test("A lone key that is to be found by its kid serves no token without one")
  func choosingByID() throws {
    let named = try Sample.keys(id: "a").choosingByID
    #expect(named.count == 1)
    #expect(try Sample.refusal(of: token(kid: "a"), keys: named) == nil)
    #expect(try Sample.refusal(of: token(kid: nil), keys: named) == .keyIDMissing)
    let nameless = try Sample.keys().choosingByID
    #expect(nameless.count == 0)
    #expect(try Sample.refusal(of: token(kid: nil), keys: nameless) == .keyIDMissing)
  }

  @Test("A set replaced is a set forgotten: a removed key verifies nothing")
  func replaced() throws {
    var keys = try Sample.keys(id: "a")
    keys = try KeySet(secret: Sample.secret.reversed(), algorithm: .hs256, keyID: "b")
    #expect(try Sample.refusal(of: token(kid: "a"), keys: keys) == .keyUnknown)
  }
}
