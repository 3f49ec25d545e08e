import COpenSSL

extension EVPKey {
  /// Whether `signature` is this key's over `input`. False where `algorithm` takes another type of key.
  func verifies(_ signature: [UInt8], of input: ArraySlice<UInt8>, by algorithm: Algorithm) -> Bool {
    guard algorithm.keyType == type, signature.count == signatureSize else { return false }
    if let encoded = order.isEmpty ? signature : ECDSASignature.der(fromP1363: signature, order: order) {
      let isVerified = withContext(algorithm, EVP_DigestVerifyInit) { context in
        input.withUnsafeBufferPointer {
          EVP_DigestVerify(context, encoded, encoded.count, $0.baseAddress, $0.count) == 1
        }
      }
      if isVerified == true { return true }
    }
    ERR_clear_error()
    return false
  }

  /// Signs `input`; nil where `algorithm` takes another type of key, or where this is no private key.
  func signature(of input: ArraySlice<UInt8>, by algorithm: Algorithm) -> [UInt8]? {
    guard algorithm.keyType == type else { return nil }
    let signature = withContext(algorithm, EVP_DigestSignInit) { context -> [UInt8]? in
      // OpenSSL's own bound on the size; DER is longer than P1363.
      var length = Int(EVP_PKEY_get_size(pointer))
      var bytes = [UInt8](repeating: 0, count: length)
      let isSigned = input.withUnsafeBufferPointer {
        EVP_DigestSign(context, &bytes, &length, $0.baseAddress, $0.count) == 1
      }
      return isSigned ? Array(bytes.prefix(length)) : nil
    }
    guard case .some(.some(let encoded)) = signature else {
      ERR_clear_error()
      return nil
    }
    return order.isEmpty ? encoded : ECDSASignature.p1363(fromDER: encoded, width: order.count)
  }

  private typealias Initializer = (
    OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, OpaquePointer?, OpaquePointer?, OpaquePointer?
  ) -> Int32

  /// Runs `body` with a context of its own, set up for `algorithm`; nil where that fails.
  private func withContext<R>(
    _ algorithm: Algorithm, _ initialize: Initializer, _ body: (OpaquePointer) -> R
  ) -> R? {
    guard let context = EVP_MD_CTX_new() else { return nil }
    defer { EVP_MD_CTX_free(context) }
    let digest = algorithm.digest?.method
    guard (digest == nil) == (algorithm == .edDSA) else { return nil }
    // Borrowed: freed with `context`.
    var parameters: OpaquePointer?
    guard initialize(context, &parameters, digest, nil, pointer) == 1 else { return nil }
    if algorithm.isPSS {
      // The salt is as long as the digest, no other length verifies (RFC 7518 §3.5).
      guard EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1,
        EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, digest) == 1,
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
      else { return nil }
    }
    return body(context)
  }
}
