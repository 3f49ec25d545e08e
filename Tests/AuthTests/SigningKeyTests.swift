import StrictJSON
import Testing

@testable import Auth

@Suite("Signing keys")
struct SigningKeyTests {
  private static let asymmetric = Algorithm.allCases.filter { $0.keyType != .secret }

  @Test("What a private JWK signs verifies with the public one", arguments: asymmetric)
  func roundTrip(algorithm: Algorithm) throws {
    let pair = try KeyPair.pair(for: algorithm)
    let names = #","kid":"k1","alg":"\#(algorithm.rawValue)","use":"sig""#
    let issuer = try TokenIssuer(key: SigningKey(keyFile: Array(pair.privateJWK(algorithm, extra: names).utf8)))
    let token = Array(try issuer.issue(Issuing.connection(), now: Sample.now).utf8)
    let keys = try KeySet(keyFile: Array(pair.jwk(algorithm, extra: names).utf8), allowed: [algorithm])
    let claims = try TokenVerifier(keys: keys, rules: TokenRules()).verify(token, now: Sample.now)
    #expect(claims.keyID == "k1")
    #expect(claims.algorithm == algorithm)
  }

  @Test("A JWK's alg binds it, and its type does where it has none")
  func binding() throws {
    let rsa = try KeyPair.rsa()
    let bound = try SigningKey(jwk: Array(rsa.privateJWK(.rs256, extra: #","alg":"PS384""#).utf8))
    #expect(try refusal { _ = try TokenIssuer(key: bound, algorithm: .rs256) } == .algorithmMismatch)
    #expect(bound.usualAlgorithm == .ps384)
    let free = try SigningKey(jwk: Array(rsa.privateJWK(.rs256).utf8))
    #expect(free.usualAlgorithm == .rs256)
    #expect(throws: Never.self) { try TokenIssuer(key: free, algorithm: .ps512) }
    for algorithm in [Algorithm.es256, .es384, .es512, .edDSA] {
      let key = try SigningKey(privateKeyPEM: KeyPair.pair(for: algorithm).privatePEM())
      #expect(key.usualAlgorithm == algorithm)
    }
    let secret = #"{"kty":"oct","alg":"HS384","k":"\#(text64(Sample.secret))"}"#
    #expect(try SigningKey(jwk: Array(secret.utf8)).usualAlgorithm == .hs384)
  }

  @Test("A private part of another key is refused", arguments: [Algorithm.rs256, .es256, .es384, .es512, .edDSA])
  func pairMismatch(algorithm: Algorithm) throws {
    let one = try KeyPair.pair(for: algorithm)
    let other = try KeyPair.pair(for: algorithm)
    let mixed = String(try one.jwk(algorithm).dropLast()) + "," + (try other.privateMembers(algorithm)) + "}"
    #expect(try refusal { _ = try SigningKey(jwk: Array(mixed.utf8)) } == .pairMismatch)
  }

  @Test("A JWK that is not for signing, has no private part or a wrong one, is refused")
  func refusals() throws {
    let rsa = try KeyPair.rsa()
    let curve = try KeyPair.curve("P-256")
    func reason(_ jwk: String) throws -> KeyError.Reason? { try refusal { _ = try SigningKey(jwk: Array(jwk.utf8)) } }
    #expect(try reason(rsa.jwk(.rs256)) == .privatePartMissing)
    #expect(try reason(curve.jwk(.es256)) == .privatePartMissing)
    #expect(try reason(curve.privateJWK(.es256, extra: #","use":"enc""#)) == .notForSignatures)
    #expect(try reason(curve.privateJWK(.es256, extra: #","key_ops":["verify"]"#)) == .notForSigning)
    #expect(try reason(curve.privateJWK(.es256, extra: #","key_ops":["sign"]"#)) == nil)
    #expect(try reason(curve.privateJWK(.es256, extra: #","alg":"ES384""#)) == .algorithmMismatch)
    #expect(try reason(rsa.privateJWK(.rs256, extra: #","oth":[]"#)) == .malformedKey)
    #expect(try reason(rsa.jwk(.rs256, extra: #","d":"AQAB""#)) == .malformedKey)
    #expect(try reason(curve.jwk(.es256, extra: #","d":"AQAB""#)) == .malformedKey)
    #expect(try reason(KeyPair.ed25519().jwk(.edDSA, extra: #","d":"AQAB""#)) == .malformedKey)
    #expect(try reason(#"{"kty":"oct","k":"AQAB"}"#) == .algorithmMissing)
    #expect(try reason(#"{"keys":[]}"#) == .malformedKey)
    #expect(try reason("[") == .malformedKey)
  }

  @Test("A key's file is told by its content, and a secret's last line feed is not the secret's")
  func files() throws {
    let pem = try KeyPair.ed25519().privatePEM()
    #expect(try SigningKey(keyFile: pem).usualAlgorithm == .edDSA)
    for file in [Sample.secret, Sample.secret + [0x0A]] {
      let token = try TokenIssuer(key: SigningKey(keyFile: file)).issue(Issuing.connection(), now: Sample.now)
      #expect(try Sample.refusal(of: Array(token.utf8)) == nil)
    }
    let longer = try TokenIssuer(key: SigningKey(keyFile: Sample.secret + [0x0A, 0x0A]))
    let token = try longer.issue(Issuing.connection(), now: Sample.now)
    #expect(try Sample.refusal(of: Array(token.utf8)) == .signatureMismatch)
    #expect(try refusal { _ = try TokenIssuer(key: SigningKey(keyFile: [])) } == .secretTooShort)
    #expect(
      try refusal { _ = try TokenIssuer(key: SigningKey(secret: Array(repeating: 7, count: 64))) } == .secretIsUniform)
  }

  @Test("A file of public keys is a PEM, a JWK or a set of them, and never a raw secret")
  func publicFiles() throws {
    let rsa = try KeyPair.rsa()
    let all = Set(Algorithm.allCases)
    let key = try SigningKey(privateKeyPEM: rsa.privatePEM())
    for algorithm in [Algorithm.rs256, .rs384, .rs512, .ps256, .ps384, .ps512] {
      let token = try TokenSigner(key: key, algorithm: algorithm).sign(claimsJSON: Array("{}".utf8))
      let keys = try KeySet(keyFile: rsa.publicPEM(), allowed: all)
      #expect(throws: Never.self) { try JWS.verify(Array(token.utf8), keys: keys) }
      let named = try TokenSigner(key: key, algorithm: algorithm, keyID: "a").sign(claimsJSON: Array("{}".utf8))
      #expect(throws: TokenRefusal(.keyUnknown)) { try JWS.verify(Array(named.utf8), keys: keys) }
      let withID = try KeySet(keyFile: rsa.publicPEM(), allowed: all, keyID: "a")
      #expect(throws: Never.self) { try JWS.verify(Array(named.utf8), keys: withID) }
    }
    func reason(_ file: [UInt8], _ allowed: Set<Algorithm>, keyID: String? = nil) throws -> KeyError.Reason? {
      try refusal { _ = try KeySet(keyFile: file, allowed: allowed, keyID: keyID) }
    }
    #expect(try reason(rsa.publicPEM(), [.es256]) == .algorithmNotAllowed)
    #expect(try reason(rsa.privatePEM(), all) == .wrongPEM)
    #expect(try reason(Sample.secret, all) == .malformedSet)
    #expect(try reason(Array(rsa.jwk(.rs256).utf8), all, keyID: "a") == .keyIDInvalid)
    #expect(try reason(Array("\n \(rsa.jwk(.rs256))\n".utf8), all) == nil)
  }
}

extension KeyPair {
  /// The private JWK; `extra` members follow a comma of their own.
  func privateJWK(_ algorithm: Algorithm, extra: String = "") throws -> String {
    String(try jwk(algorithm, extra: extra).dropLast()) + "," + (try privateMembers(algorithm)) + "}"
  }

  /// The private members of a JWK.
  func privateMembers(_ algorithm: Algorithm) throws -> String {
    switch algorithm.keyType {
    case .rsa:
      let members = [
        ("d", "d"), ("p", "rsa-factor1"), ("q", "rsa-factor2"), ("dp", "rsa-exponent1"), ("dq", "rsa-exponent2"),
        ("qi", "rsa-coefficient1"),
      ]
      return try members.map { #""\#($0)":"\#(text64(try number($1)))""# }.joined(separator: ",")
    case .ed25519: return #""d":"\#(text64(try octets("priv")))""#
    default:
      let width = try point().count / 2
      let number = try number("priv")
      return #""d":"\#(text64([UInt8](repeating: 0, count: width - number.count) + number))""#
    }
  }
}
