/// The signature algorithms a token may use (RFC 7518 §3, RFC 8037 §3.1). `none` is not among them.
public enum Algorithm: String, CaseIterable, Sendable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  /// Ed25519 alone: Ed448 is not offered.
  case edDSA = "EdDSA"

  /// The algorithm of this name, compared byte by byte; nil for any other spelling.
  public init?(name: String) {
    guard let algorithm = Algorithm(rawValue: name), algorithm.rawValue.hasSameBytes(as: name) else { return nil }
    self = algorithm
  }

  /// The one type of key this algorithm takes. ECDSA algorithms are bound to their curve.
  var keyType: KeyType {
    switch self {
    case .hs256, .hs384, .hs512: .secret
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
    case .es256: .p256
    case .es384: .p384
    case .es512: .p521
    case .edDSA: .ed25519
    }
  }

  /// The digest inside the signature; nil for EdDSA, which brings its own.
  var digest: Digest? {
    switch self {
    case .hs256, .rs256, .ps256, .es256: .sha256
    case .hs384, .rs384, .ps384, .es384: .sha384
    case .hs512, .rs512, .ps512, .es512: .sha512
    case .edDSA: nil
    }
  }

  /// Whether RSA signs with PSS padding rather than PKCS #1 v1.5.
  var isPSS: Bool { self == .ps256 || self == .ps384 || self == .ps512 }
}

/// The types of key, curves told apart.
enum KeyType: Sendable {
  case secret, rsa, p256, p384, p521, ed25519
}

extension String {
  /// Equality of the UTF-8 bytes. `==` folds canonically equivalent texts together ("K" and the Kelvin sign), which two
  /// issuers, audiences or key ids must never be.
  func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
