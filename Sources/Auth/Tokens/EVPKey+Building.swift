import COpenSSL

extension EVPKey {
  /// An RSA public key, numbers big-endian (RFC 7518 §6.3.1).
  convenience init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
    // Bounded before OpenSSL calculates with them.
    guard modulus.count <= 8192 / 8 else { throw KeyError(.modulusTooLarge) }
    guard exponent.count <= 8 else { throw KeyError(.exponentRefused) }
    let modulus = try BigNumber(bigEndian: modulus)
    let exponent = try BigNumber(bigEndian: exponent)
    guard let builder = OSSL_PARAM_BLD_new() else { throw KeyError.library() }
    defer { OSSL_PARAM_BLD_free(builder) }
    // The builder reads the numbers in `key`; both live until the end of this scope.
    guard copenssl_push_rsa(builder, modulus.pointer, exponent.pointer) == 1 else { throw KeyError.library() }
    let key = try Self.key(type: "RSA", COPENSSL_PUBLIC_KEY, builder)
    withExtendedLifetime(modulus) {}
    withExtendedLifetime(exponent) {}
    try self.init(owning: key)
  }

  /// A point on a curve, as SEC 1 §2.3.3 writes it uncompressed (04 x y).
  convenience init(curve: String, uncompressedPoint point: [UInt8]) throws(KeyError) {
    guard let builder = OSSL_PARAM_BLD_new() else { throw KeyError.library() }
    defer { OSSL_PARAM_BLD_free(builder) }
    // The builder keeps pointers into both until `key` has made parameters of them, so all of it happens inside.
    let result = curve.withCString { curve in
      point.withUnsafeBufferPointer { point in
        Result { () throws(KeyError) in
          guard copenssl_push_point(builder, curve, point.baseAddress, point.count) == 1 else {
            throw KeyError.library()
          }
          return try Self.key(type: "EC", COPENSSL_PUBLIC_KEY, builder)
        }
      }
    }
    try self.init(owning: result.get())
  }

  /// An Ed25519 public key (RFC 8032 §5.1.5).
  convenience init(ed25519 point: [UInt8]) throws(KeyError) {
    guard point.count == 32 else { throw KeyError(.malformedKey) }
    guard let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, point, point.count) else {
      throw KeyError.library(.keyInvalid)
    }
    try self.init(owning: key)
  }

  /// One `PUBLIC KEY` block (SubjectPublicKeyInfo, RFC 7468 §13).
  convenience init(publicKeyPEM text: [UInt8]) throws(KeyError) {
    let key = try Self.read(text, label: "PUBLIC KEY") { PEM_read_bio_PUBKEY($0, nil, noPassphrase, nil) }
    try self.init(owning: key)
  }

  /// One unencrypted `PRIVATE KEY` block (PKCS #8, RFC 7468 §10).
  convenience init(privateKeyPEM text: [UInt8]) throws(KeyError) {
    let key = try Self.read(text, label: "PRIVATE KEY") { PEM_read_bio_PrivateKey($0, nil, noPassphrase, nil) }
    try self.init(owning: key)
    try checkPair()
  }

  /// The key of `type` out of what was pushed; `selection` says whether its private part is among that.
  static func key(type: String, _ selection: Int32, _ builder: OpaquePointer) throws(KeyError) -> OpaquePointer {
    guard let parameters = OSSL_PARAM_BLD_to_param(builder) else { throw KeyError.library() }
    defer { OSSL_PARAM_free(parameters) }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { throw KeyError.library() }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
      EVP_PKEY_fromdata(context, &key, selection, parameters) == 1, let key
    else { throw KeyError.library(.keyInvalid) }
    return key
  }

  /// Reads the one block of `text`. Any label but the wanted one is refused before OpenSSL sees it, which would take
  /// older forms too.
  private static func read(
    _ text: [UInt8], label: String, _ read: (OpaquePointer) -> OpaquePointer?
  ) throws(KeyError) -> OpaquePointer {
    let lines = text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    guard let first = lines.first, let last = lines.last, text.count <= 65_536 else { throw KeyError(.malformedPEM) }
    guard first.starts(with: "-----BEGIN ".utf8) else { throw KeyError(.malformedPEM) }
    guard first.elementsEqual("-----BEGIN \(label)-----".utf8) else { throw KeyError(.wrongPEM) }
    guard last.elementsEqual("-----END \(label)-----".utf8),
      lines.dropFirst().dropLast().allSatisfy({ $0.first != UInt8(ascii: "-") })
    else { throw KeyError(.malformedPEM) }
    // The BIO reads `text` in place and is gone before it.
    let key = text.withUnsafeBytes { bytes -> OpaquePointer? in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
      defer { BIO_free(bio) }
      return read(bio)
    }
    guard let key else { throw KeyError.library(.malformedPEM) }
    return key
  }
}

/// Answers that there is no passphrase. Without it OpenSSL asks for one on the terminal.
private let noPassphrase:
  @convention(c) (
    UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
  ) -> Int32 = { _, _, _, _ in -1 }
