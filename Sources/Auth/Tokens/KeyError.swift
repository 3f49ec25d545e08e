import COpenSSL

/// Why a key, or a set of keys, is not used. Says nothing of the key's content.
public struct KeyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with the key.
  public enum Reason: String, CaseIterable, Sendable {
    /// An HMAC secret shorter than its digest: 32, 48 or 64 bytes (RFC 7518 §3.2).
    case secretTooShort = "secret_too_short"
    /// An HMAC secret out of a documentation or a default configuration.
    case secretIsPublic = "secret_is_public"
    /// An HMAC secret that repeats one byte.
    case secretIsUniform = "secret_is_uniform"
    /// A PEM text given as an HMAC secret: most often a public key, which everybody has.
    case secretIsPEM = "secret_is_pem"
    /// An RSA modulus of less than 2048 bits.
    case modulusTooSmall = "modulus_too_small"
    /// An RSA modulus of more than 8192 bits.
    case modulusTooLarge = "modulus_too_large"
    /// An RSA modulus with the fingerprint of CVE-2017-15361 (ROCA), which can be factored.
    case modulusIsROCA = "modulus_is_roca"
    /// An RSA public exponent that is even, under 65537 or over 64 bits.
    case exponentRefused = "exponent_refused"
    /// Neither P-256, P-384, P-521 nor Ed25519, or a curve given by its parameters instead of its name.
    case curveUnknown = "curve_unknown"
    /// An Ed25519 key of small order: anybody can sign for it.
    case pointOfSmallOrder = "point_of_small_order"
    /// OpenSSL does not take it: a point off its curve, a modulus that is a prime.
    case keyInvalid = "key_invalid"
    /// Not one PEM block with nothing around it.
    case malformedPEM = "malformed_pem"
    /// A PEM block other than `PUBLIC KEY` (to verify) or `PRIVATE KEY` (to sign).
    case wrongPEM = "wrong_pem"
    /// A JWK Set that is not an object with a `keys` array of objects, or a JWK that is no object.
    case malformedSet = "malformed_set"
    /// A JWK without a member it needs, or with one that is not in its one right form.
    case malformedKey = "malformed_key"
    /// A JWK Set over ``KeySet/maximumBytes``.
    case setTooLarge = "set_too_large"
    /// More keys than ``KeySet/maximumKeys``.
    case tooManyKeys = "too_many_keys"
    /// A set in which no key can be used.
    case noUsableKey = "no_usable_key"
    /// Two keys with the same `kid`.
    case duplicateKeyID = "duplicate_key_id"
    /// A key without a `kid` among several: no token could choose it.
    case keyIDMissing = "key_id_missing"
    /// A `kid` that is empty or longer than ``KeySet/maximumKeyIDBytes``.
    case keyIDInvalid = "key_id_invalid"
    /// A JWK Set with both secrets and public keys: one of the two was published by mistake.
    case secretAmongPublicKeys = "secret_among_public_keys"
    /// A `kty` other than `oct`, `RSA`, `EC` and `OKP`; in PEM a key other than RSA, EC and Ed25519.
    case typeUnknown = "type_unknown"
    /// A key pair in a document that everybody can read.
    case privateKeyPublished = "private_key_published"
    /// `use` is not `sig`.
    case notForSignatures = "not_for_signatures"
    /// `key_ops` does not contain `verify`.
    case notForVerifying = "not_for_verifying"
    /// `key_ops` does not contain `sign`, for a key that is to sign.
    case notForSigning = "not_for_signing"
    /// A JWK without `d`, for a key that is to sign.
    case privatePartMissing = "private_part_missing"
    /// A private key whose public part is another's.
    case pairMismatch = "pair_mismatch"
    /// A secret without `alg`, which nothing else would bind to an algorithm.
    case algorithmMissing = "algorithm_missing"
    /// `alg` is none of ``Algorithm``.
    case algorithmUnknown = "algorithm_unknown"
    /// The algorithm does not go with this type of key, or with its curve.
    case algorithmMismatch = "algorithm_mismatch"
    /// The configuration does not allow the algorithm.
    case algorithmNotAllowed = "algorithm_not_allowed"
    /// OpenSSL failed for no fault of the key: no memory, or a provider without the algorithm.
    case libraryFailed = "library_failed"
  }

  /// What is wrong.
  public let reason: Reason
  /// The keys of a set in which none was left, each with its own reason; else empty.
  public let skipped: [SkippedKey]

  init(_ reason: Reason, skipped: [SkippedKey] = []) {
    self.reason = reason
    self.skipped = skipped
  }

  /// A failure of OpenSSL. Empties the thread's error queue, so that libpq or TLS do not find it there as theirs.
  static func library(_ reason: Reason = .libraryFailed) -> KeyError {
    ERR_clear_error()
    return KeyError(reason)
  }

  /// The reason, and for a set in which no key is left that of each.
  public var description: String {
    guard !skipped.isEmpty else { return reason.rawValue }
    return "\(reason.rawValue) (\(skipped.map(\.description).joined(separator: ", ")))"
  }
}

/// A key of a JWK Set that was left out.
public struct SkippedKey: Equatable, Sendable, CustomStringConvertible {
  /// Its place in the set's `keys`, from 0.
  public let index: Int
  /// Why it is not used.
  public let reason: KeyError.Reason

  /// "keys[<index>]: <reason>".
  public var description: String { "keys[\(index)]: \(reason.rawValue)" }
}
