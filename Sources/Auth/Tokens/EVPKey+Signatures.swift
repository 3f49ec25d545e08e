import COpenSSL

extension EVPKey {
  /// Signs `input`; nil where `algorithm` takes another type of key, or where this is no private key.
  func signature(of input: ArraySlice<UInt8>, by algorithm: Algorithm) -> [UInt8]? {
    guard algorithm.keyType == type else { return nil }
    guard let context = context(for: algorithm, EVP_DigestSignInit) else {
      ERR_clear_error()
      return nil
    }
    defer { EVP_MD_CTX_free(context) }
    // OpenSSL's own bound on the size; DER is longer than P1363.
    var length = Int(EVP_PKEY_get_size(pointer))
    var bytes = [UInt8](repeating: 0, count: length)
    let isSigned = input.withUnsafeBufferPointer {
      EVP_DigestSign(context, &bytes, &length, $0.baseAddress, $0.count) == 1
    }
    guard isSigned else {
      ERR_clear_error()
      return nil
    }
    let encoded = Array(bytes.prefix(length))
    return order.isEmpty ? encoded : ECDSASignature.p1363(fromDER: encoded, width: order.count)
  }

  /// `EVP_DigestSignInit` or `EVP_DigestVerifyInit`.
  typealias Initializer = (
    OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, OpaquePointer?, OpaquePointer?, OpaquePointer?
  ) -> Int32

  /// A new `EVP_MD_CTX`, the caller's to free, set up with this key for `algorithm`; nil where that fails.
  func context(for algorithm: Algorithm, _ initialize: Initializer) -> OpaquePointer? {
    let digest = algorithm.digest?.method
    guard (digest == nil) == (algorithm == .edDSA), let context = EVP_MD_CTX_new() else { return nil }
    // Borrowed: freed with `context`.
    var parameters: OpaquePointer?
    var isReady = initialize(context, &parameters, digest, nil, pointer) == 1
    if isReady, algorithm.isPSS {
      // The salt is as long as the digest, no other length verifies (RFC 7518 §3.5).
      isReady =
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, digest) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
    }
    guard isReady else {
      EVP_MD_CTX_free(context)
      return nil
    }
    return context
  }
}
