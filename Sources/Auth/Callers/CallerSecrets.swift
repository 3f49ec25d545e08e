import COpenSSL

/// The secrets by which a caller, Centrifugo, proves who it is. Two of them while a new one is rolled out.
///
/// Only their SHA-256 digests are kept. A presented secret is hashed too and compared with each of them in constant
/// time, so that time tells neither a length, nor a prefix, nor which of the two it was.
public struct CallerSecrets: Sendable {
  /// Why secrets are refused.
  public enum Failure: String, Error, CaseIterable, Sendable {
    /// Neither one secret nor two.
    case wrongCount = "wrong_count"
    /// A secret of less than ``CallerSecrets/minimumBytes``.
    case tooShort = "too_short"
    /// A secret that everybody knows, or one byte over and over.
    case guessable = "guessable"
    /// The same secret twice: nothing is being rolled out.
    case duplicate = "duplicate"
    /// OpenSSL does not offer SHA-256.
    case libraryFailed = "library_failed"
  }

  /// The shortest secret, in bytes.
  public static let minimumBytes = 16

  private let digests: [[UInt8]]

  /// Holds one or two secrets of ``minimumBytes`` and more.
  public init(_ secrets: [[UInt8]]) throws(Failure) {
    guard (1...2).contains(secrets.count) else { throw .wrongCount }
    guard secrets.allSatisfy({ $0.count >= Self.minimumBytes }) else { throw .tooShort }
    guard !secrets.contains(where: SecretStrength.isGuessable) else { throw .guessable }
    digests = secrets.compactMap(Digest.sha256.hash)
    guard digests.count == secrets.count else { throw .libraryFailed }
    guard Set(digests).count == digests.count else { throw .duplicate }
  }

  /// Which of the secrets `presented` is, by its place; nil for none of them. Its length should be bounded by whoever read
  /// it: all of it is hashed.
  public func place(of presented: some Collection<UInt8>) -> Int? {
    guard let digest = Digest.sha256.hash(Array(presented)) else { return nil }
    var place: Int?
    for (index, known) in digests.enumerated() {
      let isEqual = CRYPTO_memcmp(known, digest, digest.count) == 0
      place = isEqual ? index : place
    }
    return place
  }

  /// Whether `presented` is one of the secrets.
  public func admits(_ presented: some Collection<UInt8>) -> Bool { place(of: presented) != nil }
}
