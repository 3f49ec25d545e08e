/// A key that verifies, bound to the algorithms it may verify with and to its id.
///
/// Owns no memory of OpenSSL's itself: ``MACKey`` and ``SignatureVerifier`` do, and free it with their last user.
struct VerificationKey: Sendable {
  private enum Material: Sendable {
    case secret(MACKey)
    /// One for each of the key's algorithms.
    case asymmetric([SignatureVerifier])
  }

  /// The UTF-8 bytes of the `kid`; nil for a key without one.
  let id: [UInt8]?
  private let algorithms: [Algorithm]
  private let material: Material

  /// A secret, for one HMAC algorithm.
  init(secret: [UInt8], algorithm: Algorithm, id: [UInt8]?) throws(KeyError) {
    guard algorithm.keyType == .secret, let digest = algorithm.digest else { throw KeyError(.algorithmMismatch) }
    material = .secret(try MACKey(secret: secret, digest: digest))
    algorithms = [algorithm]
    self.id = id
  }

  /// A key for `algorithms`, all of which must be of its type. More than one is for RSA keys whose `alg` nobody stated.
  init(_ key: EVPKey, algorithms: [Algorithm], id: [UInt8]?) throws(KeyError) {
    guard !algorithms.isEmpty else { throw KeyError(.algorithmMismatch) }
    var verifiers: [SignatureVerifier] = []
    for algorithm in algorithms { verifiers.append(try SignatureVerifier(key: key, algorithm: algorithm)) }
    material = .asymmetric(verifiers)
    self.algorithms = algorithms
    self.id = id
  }

  /// Whether this is an HMAC secret.
  var isSecret: Bool {
    switch material {
    case .secret: true
    case .asymmetric: false
    }
  }

  /// Whether the key may be used with `algorithm`.
  func allows(_ algorithm: Algorithm) -> Bool { algorithms.contains(algorithm) }

  /// Whether `signature` is this key's over `input`. False for an algorithm it is not bound to.
  func verifies(_ signature: [UInt8], of input: ArraySlice<UInt8>, by algorithm: Algorithm) -> Bool {
    guard allows(algorithm) else { return false }
    return switch material {
    case .secret(let key): key.isTag(signature, of: input)
    case .asymmetric(let verifiers):
      verifiers.first { $0.algorithm == algorithm }?.verifies(signature, of: input) ?? false
    }
  }
}
