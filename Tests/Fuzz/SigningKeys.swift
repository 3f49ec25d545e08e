import COpenSSL

@testable import Auth

#if canImport(Glibc)
  import Glibc
#endif

/// A key of each type, each with its signer, and the set that verifies with all of them. The secret is fixed, so that
/// the corpus can have whole tokens; the others are made for each process.
struct SigningKeys: Sendable {
  static let shared: SigningKeys = {
    do { return try SigningKeys() } catch {
      Fuzz.say("Keys can't be made: \(error)")
      exit(2)
    }
  }()

  static let secret = Array("the fuzzer's own secret, good for nothing else in this world, ever".utf8)
  static let algorithms: [Algorithm] = [.hs256, .hs512, .rs256, .ps256, .es256, .es512, .edDSA]

  /// By the algorithm, which is each key's `kid` too.
  let signers: [Algorithm: TokenSigner]
  let keys: KeySet

  private init() throws {
    var signers: [Algorithm: TokenSigner] = [:]
    var sets: [KeySet] = []
    let rsa = try Self.key("RSA") { EVP_PKEY_CTX_set_rsa_keygen_bits($0, 2048) }
    for algorithm in Self.algorithms {
      let id = algorithm.rawValue
      switch algorithm.keyType {
      case .secret:
        sets.append(try KeySet(secret: Self.secret, algorithm: algorithm, keyID: id))
        signers[algorithm] = try TokenSigner(key: SigningKey(secret: Self.secret), algorithm: algorithm)
      case .rsa:
        try Self.add(rsa, algorithm, &signers, &sets)
      case .ed25519:
        try Self.add(Self.key("ED25519") { _ in 1 }, algorithm, &signers, &sets)
      case .p256, .p384, .p521:
        let curve = algorithm == .es256 ? "P-256" : algorithm == .es384 ? "P-384" : "P-521"
        try Self.add(Self.key("EC") { EVP_PKEY_CTX_set_group_name($0, curve) }, algorithm, &signers, &sets)
      }
    }
    self.signers = signers
    keys = try KeySet(merging: sets)
  }

  private static func add(
    _ key: OpaquePointer, _ algorithm: Algorithm, _ signers: inout [Algorithm: TokenSigner], _ sets: inout [KeySet]
  ) throws {
    let pem = try text { PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) }
    signers[algorithm] = try TokenSigner(key: SigningKey(privateKeyPEM: pem), algorithm: algorithm)
    sets.append(
      try KeySet(
        publicKeyPEM: text { PEM_write_bio_PUBKEY($0, key) }, algorithm: algorithm, keyID: algorithm.rawValue))
  }

  /// A new key pair, kept until the process ends.
  private static func key(_ type: String, _ set: (OpaquePointer) -> Int32) throws -> OpaquePointer {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { throw KeyError.library() }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, set(context) == 1, EVP_PKEY_generate(context, &key) == 1, let key else {
      throw KeyError.library()
    }
    return key
  }

  private static func text(_ write: (OpaquePointer) -> Int32) throws -> [UInt8] {
    guard let bio = BIO_new(BIO_s_mem()) else { throw KeyError.library() }
    defer { BIO_free(bio) }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    guard write(bio) == 1, case let count = BIO_read(bio, &bytes, 8_192), count > 0 else { throw KeyError.library() }
    return Array(bytes.prefix(Int(count)))
  }
}
