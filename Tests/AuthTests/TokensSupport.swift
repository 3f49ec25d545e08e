import COpenSSL
import Testing

@testable import Auth

/// What the tests of tokens share: a secret, a time, tokens spelled by hand, keys made by OpenSSL.
enum Sample {
  /// Long enough for HS512.
  static let secret = Array("a test's own secret, which has no business anywhere else at all!".utf8)
  static let now: Int64 = 1_900_000_000
  static let header = #"{"alg":"HS256"}"#
  static let claims = #"{"sub":"anna","exp":1900000600}"#

  static func keys(_ algorithm: Algorithm = .hs256, id: String? = nil) throws -> KeySet {
    try KeySet(secret: secret, algorithm: algorithm, keyID: id)
  }

  /// A token with a good HS256 signature over any header and claims.
  static func token(header: String = header, claims: String = claims) throws -> [UInt8] {
    try TokenSigner(key: SigningKey(secret: secret), algorithm: .hs256)
      .sign(header: Array(header.utf8), payload: Array(claims.utf8))
  }

  /// Why a token with these claims is refused; nil where it is not.
  static func refusal(
    header: String = header, claims: String = claims, rules: TokenRules = TokenRules(), now: Int64 = now
  ) throws -> TokenRefusal.Reason? {
    try refusal(of: token(header: header, claims: claims), rules: rules, now: now)
  }

  static func refusal(
    of token: [UInt8], keys: KeySet? = nil, rules: TokenRules = TokenRules(), now: Int64 = now
  ) throws -> TokenRefusal.Reason? {
    let verifier = TokenVerifier(keys: try keys ?? Self.keys(), rules: rules)
    do throws(TokenRefusal) {
      _ = try verifier.verify(token, now: now)
      return nil
    } catch {
      return error.reason
    }
  }

  /// The three parts of a token, as text.
  static func parts(_ token: [UInt8]) -> [String] {
    String(decoding: token, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }
}

/// Why a key is refused; nil where it is not.
func refusal(_ body: () throws -> Void) throws -> KeyError.Reason? {
  do {
    try body()
    return nil
  } catch let error as KeyError {
    return error.reason
  }
}

/// A key pair made by OpenSSL, in the forms that issuers hand out.
final class KeyPair {
  /// The `EVP_PKEY`, for what a test does with it by hand.
  let key: OpaquePointer

  /// `set` sets the generator's parameters, such as the curve's name.
  private init(_ type: String, _ set: (OpaquePointer) -> Int32) throws {
    let context = try #require(EVP_PKEY_CTX_new_from_name(nil, type, nil))
    defer { EVP_PKEY_CTX_free(context) }
    try #require(EVP_PKEY_keygen_init(context) == 1)
    try #require(set(context) == 1)
    var key: OpaquePointer?
    try #require(EVP_PKEY_generate(context, &key) == 1)
    self.key = try #require(key)
  }

  deinit { EVP_PKEY_free(key) }

  static func rsa(bits: Int32 = 2048) throws -> KeyPair {
    try KeyPair("RSA") { EVP_PKEY_CTX_set_rsa_keygen_bits($0, bits) }
  }

  static func rsa(exponent: UInt) throws -> KeyPair {
    try KeyPair("RSA") { context in
      let number = BN_new()
      defer { BN_free(number) }
      BN_set_word(number, exponent)
      return EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, number)
    }
  }

  static func curve(_ name: String) throws -> KeyPair {
    try KeyPair("EC") { EVP_PKEY_CTX_set_group_name($0, name) }
  }

  /// A pair of a type that the service does not know.
  static func other(_ type: String) throws -> KeyPair { try KeyPair(type) { _ in 1 } }

  static func ed25519() throws -> KeyPair { try KeyPair("ED25519") { _ in 1 } }

  static func pair(for algorithm: Algorithm) throws -> KeyPair {
    switch algorithm.keyType {
    case .rsa: try rsa()
    case .p256: try curve("P-256")
    case .p384: try curve("P-384")
    case .p521: try curve("P-521")
    case .ed25519: try ed25519()
    case .secret: throw KeyError(.algorithmMismatch)
    }
  }

  func publicPEM() throws -> [UInt8] { try text { PEM_write_bio_PUBKEY($0, key) } }

  /// The public key of a curve, with the curve's numbers in place of its name.
  func explicitPEM() throws -> [UInt8] {
    try #require(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "explicit") == 1)
    return try publicPEM()
  }

  func privatePEM() throws -> [UInt8] { try text { PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) } }

  func encryptedPEM() throws -> [UInt8] {
    try text { PEM_write_bio_PKCS8PrivateKey($0, key, EVP_aes_128_cbc(), "password", 8, nil, nil) }
  }

  /// The form before PKCS #8, `RSA PRIVATE KEY`, here with a passphrase.
  func traditionalPEM() throws -> [UInt8] {
    let password = Array("password".utf8)
    return try text {
      PEM_write_bio_PrivateKey_traditional($0, key, EVP_aes_128_cbc(), password, Int32(password.count), nil, nil)
    }
  }

  func number(_ name: String) throws -> [UInt8] { try BigNumber(parameter: name, of: key).bytes }

  /// The point of an EC key, 04 x y, or of an Ed25519 one.
  func point() throws -> [UInt8] { try octets("pub") }

  func octets(_ name: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    var length = 0
    try #require(EVP_PKEY_get_octet_string_param(key, name, &bytes, bytes.count, &length) == 1)
    return Array(bytes.prefix(length))
  }

  /// The public JWK; `extra` members follow a comma of their own.
  func jwk(_ algorithm: Algorithm, extra: String = "") throws -> String {
    switch algorithm.keyType {
    case .rsa: #"{"kty":"RSA","n":"\#(text64(try number("n")))","e":"\#(text64(try number("e")))"\#(extra)}"#
    case .ed25519: #"{"kty":"OKP","crv":"Ed25519","x":"\#(text64(try point()))"\#(extra)}"#
    case .p256: try curveJWK("P-256", extra)
    case .p384: try curveJWK("P-384", extra)
    case .p521: try curveJWK("P-521", extra)
    case .secret: throw KeyError(.algorithmMismatch)
    }
  }

  private func curveJWK(_ curve: String, _ extra: String) throws -> String {
    let point = try point().dropFirst()
    let x = text64(point.prefix(point.count / 2))
    let y = text64(point.suffix(point.count / 2))
    return #"{"kty":"EC","crv":"\#(curve)","x":"\#(x)","y":"\#(y)"\#(extra)}"#
  }

  private func text(_ write: (OpaquePointer) -> Int32) throws -> [UInt8] {
    let bio = try #require(BIO_new(BIO_s_mem()))
    defer { BIO_free(bio) }
    try #require(write(bio) == 1)
    var bytes = [UInt8](repeating: 0, count: 32_768)
    let count = BIO_read(bio, &bytes, Int32(bytes.count))
    try #require(count > 0)
    return Array(bytes.prefix(Int(count)))
  }
}

/// base64url, as a `String`.
func text64(_ bytes: some Collection<UInt8>) -> String { String(decoding: Base64URL.encode(bytes), as: UTF8.self) }
