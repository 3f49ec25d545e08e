/// The keys that tokens are verified with: one or more, each bound to its algorithms, each with an id of its own.
///
/// A value that never changes: new keys make a new set, which replaces the old one whole, so a key that its issuer
/// removed is gone.
public struct KeySet: Sendable {
  /// The longest JWK Set document, in bytes.
  public static let maximumBytes = 131_072
  /// The most keys in a JWK Set document, used or not.
  public static let maximumKeys = 64
  /// The longest `kid`, in bytes of UTF-8.
  public static let maximumKeyIDBytes = 256

  /// The keys of the documents that were left out, each with its reason. Worth a warning in the log.
  public let skipped: [SkippedKey]

  private let keyByID: [[UInt8]: VerificationKey]
  /// The one key of a set of one, with or without an id.
  private let onlyKey: VerificationKey?

  /// Throws where no key is there, two have the same id, or one of several has none.
  init(_ keys: [VerificationKey], skipped: [SkippedKey]) throws(KeyError) {
    guard !keys.isEmpty else { throw KeyError(.noUsableKey, skipped: skipped) }
    var keyByID: [[UInt8]: VerificationKey] = [:]
    for key in keys {
      guard let id = key.id else {
        guard keys.count == 1 else { throw KeyError(.keyIDMissing) }
        continue
      }
      guard keyByID.updateValue(key, forKey: id) == nil else { throw KeyError(.duplicateKeyID) }
    }
    self.keyByID = keyByID
    self.skipped = skipped
    onlyKey = keys.count == 1 ? keys.first : nil
  }

  /// An HMAC secret, raw bytes, at least as long as the algorithm's digest. Without a `keyID` it verifies only tokens
  /// without a `kid`, and only alone.
  public init(secret: [UInt8], algorithm: Algorithm, keyID: String? = nil) throws(KeyError) {
    // A JWK's secret was generated; one that is configured may be a placeholder.
    guard secret.isEmpty || !SecretStrength.isUniform(secret) else { throw KeyError(.secretIsUniform) }
    let id = try Self.checkedID(keyID)
    try self.init([VerificationKey(secret: secret, algorithm: algorithm, id: id)], skipped: [])
  }

  /// A public key as one PEM block `PUBLIC KEY` (SubjectPublicKeyInfo), for one algorithm of its type.
  public init(publicKeyPEM text: [UInt8], algorithm: Algorithm, keyID: String? = nil) throws(KeyError) {
    let id = try Self.checkedID(keyID)
    let key = try EVPKey(publicKeyPEM: text)
    try self.init([VerificationKey(key, algorithms: [algorithm], id: id)], skipped: [])
  }

  /// All keys of several sources. Throws where two keys have the same id, or one of several has none.
  public init(merging sets: [KeySet]) throws(KeyError) {
    try self.init(sets.flatMap(\.keys), skipped: sets.flatMap(\.skipped))
  }

  /// The same keys, each found by its `kid` alone, as if there were others beside them.
  public var choosingByID: KeySet { KeySet(keyByID: keyByID, skipped: skipped) }

  /// How many keys the set has; 0 only where ``choosingByID`` left out the one key there was, which has no id.
  public var count: Int { keys.count }

  var keys: [VerificationKey] { keyByID.isEmpty ? onlyKey.map { [$0] } ?? [] : Array(keyByID.values) }

  private init(keyByID: [[UInt8]: VerificationKey], skipped: [SkippedKey]) {
    self.keyByID = keyByID
    self.skipped = skipped
    onlyKey = nil
  }

  /// The key of exactly this id. A token without a `kid` gets a key only where there is but one; a token with one never
  /// gets another key, also not a lone one without an id.
  func key(id: String?) throws(TokenRefusal) -> VerificationKey {
    guard let id else {
      guard let onlyKey else { throw TokenRefusal(.keyIDMissing) }
      return onlyKey
    }
    guard let key = keyByID[Array(id.utf8)] else { throw TokenRefusal(.keyUnknown) }
    return key
  }

  /// The bytes of a key's id; throws where it is empty or too long.
  static func checkedID(_ id: String?) throws(KeyError) -> [UInt8]? {
    guard let id else { return nil }
    guard (1...maximumKeyIDBytes).contains(id.utf8.count) else { throw KeyError(.keyIDInvalid) }
    return Array(id.utf8)
  }
}
