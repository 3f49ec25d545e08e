extension KeySet {
  /// The keys of a file whose content says what it is: one PEM block `PUBLIC KEY`, a JWK, or a JWK Set. A secret comes as
  /// a JWK of `kty` `oct`, which names its algorithm.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - allowed: the algorithms to verify with; of a key that doesn't name its own, those of its type.
  ///   - keyID: the id of a PEM's key, which has none by itself.
  public init(keyFile bytes: [UInt8], allowed: Set<Algorithm>, keyID: String? = nil) throws(KeyError) {
    switch KeyFileForm(bytes) {
    case .pem:
      let key = try EVPKey(publicKeyPEM: bytes)
      let algorithms = Algorithm.allCases.filter { $0.keyType == key.type && allowed.contains($0) }
      guard !algorithms.isEmpty else { throw KeyError(.algorithmNotAllowed) }
      try self.init([VerificationKey(key, algorithms: algorithms, id: Self.checkedID(keyID))], skipped: [])
    case .json:
      guard keyID == nil else { throw KeyError(.keyIDInvalid) }
      try self.init(jwksFile: bytes, allowed: allowed)
    case .other: throw KeyError(.malformedSet)
    }
  }

  /// The one key that verifies what `key` signs.
  init(verifyingWhatIsSignedWith key: SigningKey, algorithm: Algorithm, keyID: String?) throws(KeyError) {
    switch key.material {
    case .secret(let secret): try self.init(secret: secret, algorithm: algorithm, keyID: keyID)
    case .asymmetric(let key):
      try self.init([VerificationKey(key, algorithms: [algorithm], id: Self.checkedID(keyID))], skipped: [])
    }
  }
}
