public import Auth

/// The private key that signs checkpoints.
public struct CheckpointSigner: Sendable {
  private let key: StatementSigningKey

  /// A key out of a file: an Ed25519 key as one PEM block `PRIVATE KEY` (PKCS #8) or as a private JWK (RFC 8037).
  public init(keyFile bytes: [UInt8]) throws(KeyError) { key = try StatementSigningKey(keyFile: bytes) }

  /// The private JWK of a new key, to be written into a file that others can't read.
  public static func newKeyFile() throws(KeyError) -> [UInt8] { try StatementSigningKey.newKeyFile() }

  /// The key's id: its JWK thumbprint (RFC 7638).
  public var keyID: String { key.publicKey.id }

  /// The public JWK, for whoever verifies.
  public var publicJWK: [UInt8] { key.publicKey.jwk }

  /// Nil where OpenSSL fails.
  func signature(log: String, seq: UInt64, previous: String, time: String) -> String? {
    key.signature(of: Checkpoint.statement(log: log, seq: seq, previous: previous, time: time))
  }
}

/// The public keys that checkpoints are verified with.
public struct CheckpointKeys: Sendable {
  /// What a signature is worth.
  enum Verdict {
    case good, bad, unknownKey
  }

  private var keys: [StatementKey] = []

  /// No key: signatures are counted and not verified.
  public init() {}

  /// Adds the keys of a file: a JWK, a JWK Set, or one PEM block `PUBLIC KEY`.
  public mutating func add(file bytes: [UInt8]) throws(KeyError) { keys += try StatementKey.keys(inFile: bytes) }

  /// Whether there is none.
  public var isEmpty: Bool { keys.isEmpty }

  func verdict(on checkpoint: Checkpoint) -> Verdict {
    guard let signature = checkpoint.signature, let key = keys.first(where: { $0.id == checkpoint.key }) else {
      return .unknownKey
    }
    return key.verifies(signature, of: checkpoint.statement) ? .good : .bad
  }
}
