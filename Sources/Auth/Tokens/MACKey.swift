import COpenSSL

/// A secret made ready for HMAC with one digest (RFC 7518 §3.2).
///
/// Holds an `EVP_MAC_CTX` that has fetched its digest and hashed the key already; each call works on a copy of it, which
/// costs less than starting anew.
///
/// `@unchecked Sendable` is right because nothing writes to the context after `init`: `EVP_MAC_CTX_dup` only reads its
/// source and counts references atomically, and every copy belongs to one call.
final class MACKey: @unchecked Sendable {
  private let keyed: OpaquePointer
  private let size: Int

  /// Throws where `secret` is shorter than the digest, stands on a public list, or is no secret at all.
  init(secret: [UInt8], digest: Digest) throws(KeyError) {
    try SecretStrength.check(secret, minimum: digest.size)
    guard let hmac = Self.hmac, let context = EVP_MAC_CTX_new(hmac) else { throw KeyError.library() }
    var name = Array(digest.name.utf8CString)
    let isKeyed = name.withUnsafeMutableBufferPointer { name in
      // `parameters` points into `name`; both are read by the call and not kept.
      let parameters = [copenssl_mac_digest(name.baseAddress), OSSL_PARAM_construct_end()]
      return EVP_MAC_init(context, secret, secret.count, parameters) == 1
    }
    guard isKeyed else {
      EVP_MAC_CTX_free(context)
      throw KeyError.library()
    }
    keyed = context
    size = digest.size
  }

  deinit { EVP_MAC_CTX_free(keyed) }

  /// The tag of `input`; nil where OpenSSL fails.
  func tag(of input: ArraySlice<UInt8>) -> [UInt8]? {
    guard let context = EVP_MAC_CTX_dup(keyed) else {
      ERR_clear_error()
      return nil
    }
    defer { EVP_MAC_CTX_free(context) }
    var isDone = false
    let tag = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var length = 0
      let isUpdated = input.withUnsafeBufferPointer { EVP_MAC_update(context, $0.baseAddress, $0.count) == 1 }
      isDone = isUpdated && EVP_MAC_final(context, buffer.baseAddress, &length, size) == 1 && length == size
      count = isDone ? length : 0
    }
    guard isDone else {
      ERR_clear_error()
      return nil
    }
    return tag
  }

  /// Whether `presented` is the tag of `input`. Takes the same time wherever they differ.
  func isTag(_ presented: [UInt8], of input: ArraySlice<UInt8>) -> Bool {
    guard presented.count == size, let tag = tag(of: input) else { return false }
    return CRYPTO_memcmp(tag, presented, size) == 0
  }

  // Fetched once and never freed; see `Digest`.
  private nonisolated(unsafe) static let hmac = EVP_MAC_fetch(nil, "HMAC", nil)
}
