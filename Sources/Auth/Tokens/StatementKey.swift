import COpenSSL
import StrictJSON

/// An Ed25519 public key for statements that are no tokens, such as the decision log's checkpoints.
package struct StatementKey: Sendable {
  /// The key's JWK thumbprint (RFC 7638, SHA-256, base64url): who has the key can calculate it.
  package let id: String
  /// The 32 bytes of the point (RFC 8032 §5.1.5).
  package let point: [UInt8]
  private let verifier: SignatureVerifier

  init(_ key: EVPKey) throws(KeyError) {
    guard key.type == .ed25519 else { throw KeyError(.algorithmMismatch) }
    point = try key.ed25519Point()
    verifier = try SignatureVerifier(key: key, algorithm: .edDSA)
    // The thumbprint's input: the required members alone, in the order of their names (RFC 7638 §3.2, RFC 8037 §2).
    let members = #"{"crv":"Ed25519","kty":"OKP","x":"\#(Self.text(point))"}"#
    guard let digest = Digest.sha256.hash(Array(members.utf8)) else { throw KeyError.library() }
    id = Self.text(digest)
  }

  /// The keys of a file: one PEM block `PUBLIC KEY`, a JWK, or a JWK Set. Of a private JWK the public half is taken.
  /// Throws where one of them is no Ed25519 key.
  package static func keys(inFile bytes: [UInt8]) throws(KeyError) -> [StatementKey] {
    guard bytes.count <= KeySet.maximumBytes else { throw KeyError(.setTooLarge) }
    switch KeyFileForm(bytes) {
    case .pem: return [try StatementKey(EVPKey(publicKeyPEM: bytes))]
    case .other: throw KeyError(.malformedSet)
    case .json:
      guard let document = try? JSON.parse(bytes, limits: JSONLimits(maximumBytes: KeySet.maximumBytes)) else {
        throw KeyError(.malformedSet)
      }
      let entries = document["keys"]?.elements.map { Array($0) } ?? [document]
      guard !entries.isEmpty else { throw KeyError(.noUsableKey) }
      guard entries.count <= KeySet.maximumKeys else { throw KeyError(.tooManyKeys) }
      var keys: [StatementKey] = []
      for entry in entries {
        guard try JWK.type(of: entry) == .ed25519 else { throw KeyError(.algorithmMismatch) }
        keys.append(try StatementKey(EVPKey(ed25519: JWK.bytes("x", of: entry))))
      }
      return keys
    }
  }

  /// Whether `signature`, 64 bytes in base64url, is this key's over `statement`.
  package func verifies(_ signature: String, of statement: [UInt8]) -> Bool {
    guard let signature = Base64URL.decode(signature.utf8) else { return false }
    return verifier.verifies(signature, of: statement[...])
  }

  /// The public JWK (RFC 8037 §2), with its thumbprint as `kid`.
  package var jwk: [UInt8] { jwk(seed: nil) }

  func jwk(seed: [UInt8]?) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.member("kty", "OKP")
    writer.member("crv", "Ed25519")
    writer.member("alg", "EdDSA")
    writer.member("use", "sig")
    writer.member("kid", id)
    writer.member("x", Self.text(point))
    if let seed { writer.member("d", Self.text(seed)) }
    writer.endObject()
    return writer.bytes
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: Base64URL.encode(bytes), as: UTF8.self) }
}

/// An Ed25519 key pair that signs statements that are no tokens.
package struct StatementSigningKey: Sendable {
  /// Its public half.
  package let publicKey: StatementKey
  private let pair: EVPKey

  /// A key out of a file: one PEM block `PRIVATE KEY`, or a private JWK.
  package init(keyFile bytes: [UInt8]) throws(KeyError) {
    guard KeyFileForm(bytes) != .other else { throw KeyError(.malformedKey) }
    guard case .asymmetric(let pair) = try SigningKey(keyFile: bytes).material else {
      throw KeyError(.algorithmMismatch)
    }
    publicKey = try StatementKey(pair)
    self.pair = pair
  }

  /// The private JWK of a new key, to be kept in a file.
  package static func newKeyFile() throws(KeyError) -> [UInt8] {
    var seed = [UInt8](repeating: 0, count: 32)
    guard RAND_priv_bytes(&seed, Int32(seed.count)) == 1,
      let key = EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count)
    else { throw KeyError.library() }
    return try StatementKey(EVPKey(owning: key)).jwk(seed: seed)
  }

  /// The signature of `statement` in base64url; nil where OpenSSL fails.
  package func signature(of statement: [UInt8]) -> String? {
    pair.signature(of: statement[...], by: .edDSA).map { String(decoding: Base64URL.encode($0), as: UTF8.self) }
  }
}

extension EVPKey {
  fileprivate func ed25519Point() throws(KeyError) -> [UInt8] {
    var point = [UInt8](repeating: 0, count: 32)
    var length = point.count
    guard EVP_PKEY_get_raw_public_key(pointer, &point, &length) == 1, length == point.count else {
      throw KeyError.library()
    }
    return point
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: StaticString, _ text: String) {
    key(name)
    string(text)
  }
}
