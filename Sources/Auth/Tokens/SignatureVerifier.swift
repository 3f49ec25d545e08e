import COpenSSL

/// A key made ready to verify with one algorithm.
///
/// Holds an `EVP_MD_CTX` for which OpenSSL has looked up its implementation of the signature, taken over the key and set
/// the padding. Each call works on a copy: done anew for each, this costs 4 µs (`docs/performance.md`).
///
/// `@unchecked Sendable` is right because nothing writes to the context or the key after `init`. `EVP_MD_CTX_copy_ex`
/// takes its source as `const`, and what the copy shares with it, key and implementations, is counted atomically and only
/// read; openssl-threads(7) calls objects thread-safe as long as nothing modifies them. Every copy belongs to one call.
final class SignatureVerifier: @unchecked Sendable {
  /// What it verifies with.
  let algorithm: Algorithm
  private let key: EVPKey
  private let prepared: OpaquePointer

  /// Throws where `algorithm` takes another type of key.
  init(key: EVPKey, algorithm: Algorithm) throws(KeyError) {
    guard algorithm.keyType == key.type else { throw KeyError(.algorithmMismatch) }
    guard let context = key.context(for: algorithm, EVP_DigestVerifyInit) else { throw KeyError.library() }
    self.key = key
    self.algorithm = algorithm
    prepared = context
  }

  deinit { EVP_MD_CTX_free(prepared) }

  /// Whether `signature` is the key's over `input`.
  func verifies(_ signature: [UInt8], of input: ArraySlice<UInt8>) -> Bool {
    guard signature.count == key.signatureSize else { return false }
    let order = key.order
    guard let encoded = order.isEmpty ? signature : ECDSASignature.der(fromP1363: signature, order: order),
      let context = EVP_MD_CTX_new()
    else {
      ERR_clear_error()
      return false
    }
    defer { EVP_MD_CTX_free(context) }
    let isVerified = input.withUnsafeBufferPointer {
      EVP_MD_CTX_copy_ex(context, prepared) == 1
        && EVP_DigestVerify(context, encoded, encoded.count, $0.baseAddress, $0.count) == 1
    }
    if !isVerified { ERR_clear_error() }
    return isVerified
  }
}
