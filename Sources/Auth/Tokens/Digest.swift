import COpenSSL

/// The hash functions in use, each fetched from OpenSSL's default provider once for the whole process.
package enum Digest: Sendable {
  case sha256, sha384, sha512

  /// Size of a digest, in bytes.
  var size: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// OpenSSL's name of it.
  var name: String {
    switch self {
    case .sha256: "SHA2-256"
    case .sha384: "SHA2-384"
    case .sha512: "SHA2-512"
    }
  }

  /// The `EVP_MD`; nil where the library does not offer it.
  var method: OpaquePointer? {
    switch self {
    case .sha256: Self.fetchedSHA256
    case .sha384: Self.fetchedSHA384
    case .sha512: Self.fetchedSHA512
    }
  }

  /// The digest of `bytes`; nil where OpenSSL fails.
  package func hash(_ bytes: [UInt8]) -> [UInt8]? {
    guard let method else { return nil }
    var isDone = false
    let digest = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
      var length: UInt32 = 0
      isDone = EVP_Digest(bytes, bytes.count, buffer.baseAddress, &length, method, nil) == 1
      count = isDone ? Int(length) : 0
    }
    guard isDone, digest.count == size else {
      ERR_clear_error()
      return nil
    }
    return digest
  }

  // Unsafe only to the compiler: a fetched method is never written again, its reference count is atomic, and it is
  // never freed, as it is needed as long as the process runs.
  private nonisolated(unsafe) static let fetchedSHA256 = EVP_MD_fetch(nil, Digest.sha256.name, nil)
  private nonisolated(unsafe) static let fetchedSHA384 = EVP_MD_fetch(nil, Digest.sha384.name, nil)
  private nonisolated(unsafe) static let fetchedSHA512 = EVP_MD_fetch(nil, Digest.sha512.name, nil)
}
