import COpenSSL

/// The hash of a line: SHA-256 (FIPS 180-4) of the hash before it, as 64 hexadecimal digits, and of the line up to its
/// own hash.
///
/// Owns an `EVP_MD_CTX`, which belongs to one thread at a time; the class is not `Sendable`, so the compiler holds that.
final class LineDigest {
  /// How long a hash is, in digits.
  static let digits = 64
  /// What stands before a chain's first line.
  static let first = [UInt8](repeating: UInt8(ascii: "0"), count: digits)

  private let context: OpaquePointer
  private let method: OpaquePointer

  /// Nil where OpenSSL has no memory or no SHA-256.
  init?() {
    guard let method = EVP_MD_fetch(nil, "SHA2-256", nil) else { return nil }
    guard let context = EVP_MD_CTX_new() else {
      EVP_MD_free(method)
      return nil
    }
    self.method = method
    self.context = context
  }

  deinit {
    EVP_MD_CTX_free(context)
    EVP_MD_free(method)
  }

  /// The hash of the line that follows `previous` and has `head` before its own hash; nil where OpenSSL fails.
  func hash(after previous: [UInt8], _ head: UnsafeRawBufferPointer) -> [UInt8]? {
    guard EVP_DigestInit_ex2(context, method, nil) == 1, EVP_DigestUpdate(context, previous, previous.count) == 1,
      EVP_DigestUpdate(context, head.baseAddress, head.count) == 1
    else { return nil }
    return finish()
  }

  /// The plain SHA-256 of `bytes`, in digits.
  func hash(of bytes: [UInt8]) -> [UInt8]? {
    guard EVP_DigestInit_ex2(context, method, nil) == 1, EVP_DigestUpdate(context, bytes, bytes.count) == 1 else {
      return nil
    }
    return finish()
  }

  private func finish() -> [UInt8]? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { digest -> [UInt8]? in
      var length: UInt32 = 0
      guard EVP_DigestFinal_ex(context, digest.baseAddress, &length) == 1, length == Self.digits / 2 else { return nil }
      return [UInt8](unsafeUninitializedCapacity: Self.digits) { text, count in
        for index in 0..<Int(length) {
          text[2 * index] = Hex.digits[Int(digest[index] >> 4)]
          text[2 * index + 1] = Hex.digits[Int(digest[index] & 15)]
        }
        count = Self.digits
      }
    }
  }
}
