/// Which HMAC secrets are refused before they sign or verify anything.
enum SecretStrength {
  /// Throws where `secret` has less than `minimum` bytes (RFC 7518 §3.2: the digest's size) or is known to everybody.
  static func check(_ secret: [UInt8], minimum: Int) throws(KeyError) {
    // The list first: "your-256-bit-secret" deserves a better answer than that it is short.
    guard !isPublished(secret) else { throw KeyError(.secretIsPublic) }
    guard secret.count >= minimum else { throw KeyError(.secretTooShort) }
    guard !hasPEM(secret) else { throw KeyError(.secretIsPEM) }
  }

  /// Whether a PEM block begins anywhere in `secret`: behind a quotation mark or an empty line a public key is no secret
  /// either.
  private static func hasPEM(_ secret: [UInt8]) -> Bool {
    let mark = Array("-----BEGIN ".utf8)
    return secret.indices.contains { secret[$0...].starts(with: mark) }
  }

  /// Whether `secret` is one byte over and over: a placeholder or a buffer nobody filled.
  static func isUniform(_ secret: [UInt8]) -> Bool { secret.allSatisfy { $0 == secret.first } }

  /// Whether nobody needs luck to find `secret`.
  static func isGuessable(_ secret: [UInt8]) -> Bool { isUniform(secret) || isPublished(secret) }

  private static func isPublished(_ secret: [UInt8]) -> Bool {
    published.contains { secret.elementsEqual($0.utf8) } || secret == rfc7515Example
  }

  /// Secrets of documentation pages and default configurations that are found in production again and again.
  private static let published = [
    "secret",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "super-secret-jwt-token-with-at-least-32-characters",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "your-super-secret-jwt-token-with-at-least-32-characters-long",
    // Centrifugo's own tutorials.
    "46b38493-147e-4e3f-86e0-dc5ec54f5133",
    "bbe7d157-a253-4094-9759-06a8236543f9",
  ]

  /// The key of RFC 7515 A.1.
  private static let rfc7515Example = Base64URL.decode(
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow".utf8)
}
