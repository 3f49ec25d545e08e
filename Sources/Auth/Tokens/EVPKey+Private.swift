import COpenSSL

/// The private numbers of an RSA key, big-endian (RFC 7518 §6.3.2).
struct RSAPrivateNumbers {
  let d, p, q, dp, dq, qi: [UInt8]
}

extension EVPKey {
  /// An RSA key pair, numbers big-endian.
  convenience init(rsaModulus modulus: [UInt8], exponent: [UInt8], pair: RSAPrivateNumbers) throws(KeyError) {
    // The public half first, bounded and checked as any other's.
    _ = try EVPKey(rsaModulus: modulus, exponent: exponent)
    guard [pair.d, pair.p, pair.q, pair.dp, pair.dq, pair.qi].allSatisfy({ $0.count <= modulus.count }) else {
      throw KeyError(.malformedKey)
    }
    let n = try BigNumber(bigEndian: modulus)
    let e = try BigNumber(bigEndian: exponent)
    let d = try BigNumber(bigEndian: pair.d)
    let p = try BigNumber(bigEndian: pair.p)
    let q = try BigNumber(bigEndian: pair.q)
    let dp = try BigNumber(bigEndian: pair.dp)
    let dq = try BigNumber(bigEndian: pair.dq)
    let qi = try BigNumber(bigEndian: pair.qi)
    guard let builder = OSSL_PARAM_BLD_new() else { throw KeyError.library() }
    defer { OSSL_PARAM_BLD_free(builder) }
    guard copenssl_push_rsa(builder, n.pointer, e.pointer) == 1,
      copenssl_push_rsa_private(builder, d.pointer, p.pointer, q.pointer, dp.pointer, dq.pointer, qi.pointer) == 1
    else { throw KeyError.library() }
    let key = try Self.key(type: "RSA", COPENSSL_KEY_PAIR, builder)
    // The builder reads the numbers in `key`; a number is freed after its last use otherwise.
    withExtendedLifetime(n) {}
    withExtendedLifetime(e) {}
    withExtendedLifetime(d) {}
    withExtendedLifetime(p) {}
    withExtendedLifetime(q) {}
    withExtendedLifetime(dp) {}
    withExtendedLifetime(dq) {}
    withExtendedLifetime(qi) {}
    try self.init(owning: key)
    try checkPair()
  }

  /// A key pair of a curve: the point as 04 x y, the scalar d big-endian.
  convenience init(curve: String, uncompressedPoint point: [UInt8], scalar: [UInt8]) throws(KeyError) {
    let number = try BigNumber(bigEndian: scalar)
    guard let builder = OSSL_PARAM_BLD_new() else { throw KeyError.library() }
    defer { OSSL_PARAM_BLD_free(builder) }
    // As for a public point: what the builder points into lives inside.
    let result = curve.withCString { curve in
      point.withUnsafeBufferPointer { point in
        Result { () throws(KeyError) in
          guard copenssl_push_point(builder, curve, point.baseAddress, point.count) == 1,
            copenssl_push_scalar(builder, number.pointer) == 1
          else { throw KeyError.library() }
          return try Self.key(type: "EC", COPENSSL_KEY_PAIR, builder)
        }
      }
    }
    try self.init(owning: result.get())
    try checkPair()
  }

  /// An Ed25519 key pair: the point, and the 32 bytes that RFC 8032 §5.1.5 calls the private key.
  convenience init(ed25519 point: [UInt8], seed: [UInt8]) throws(KeyError) {
    guard point.count == 32, seed.count == 32 else { throw KeyError(.malformedKey) }
    guard let key = EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count) else {
      throw KeyError.library(.keyInvalid)
    }
    try self.init(owning: key)
    // OpenSSL calculates the point from the seed.
    var calculated = [UInt8](repeating: 0, count: 32)
    var length = calculated.count
    guard EVP_PKEY_get_raw_public_key(key, &calculated, &length) == 1 else { throw KeyError.library() }
    guard calculated == point else { throw KeyError(.pairMismatch) }
  }

  /// Throws where the private part is another key's: what it signs would never verify, and for RSA a wrong prime gives
  /// the right ones away with the first signature.
  func checkPair() throws(KeyError) {
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { throw KeyError.library() }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_pairwise_check(context) == 1 else { throw KeyError.library(.pairMismatch) }
  }
}
