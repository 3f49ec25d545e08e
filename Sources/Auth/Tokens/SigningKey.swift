import StrictJSON

/// A key that signs tokens: an HMAC secret or a private key.
public struct SigningKey: Sendable {
  enum Material: Sendable {
    case secret([UInt8])
    case asymmetric(EVPKey)
  }

  let material: Material
  /// The one algorithm that the key's JWK names; nil for what its type allows.
  let algorithm: Algorithm?
  /// The `kid` of the key's JWK.
  let id: String?

  init(_ material: Material, algorithm: Algorithm? = nil, id: String? = nil) {
    self.material = material
    self.algorithm = algorithm
    self.id = id
  }

  /// An HMAC secret, raw bytes. How long it must be is up to the algorithm, see ``TokenSigner``.
  public init(secret: [UInt8]) { self.init(.secret(secret)) }

  /// A private key as one unencrypted PEM block `PRIVATE KEY` (PKCS #8).
  public init(privateKeyPEM text: [UInt8]) throws(KeyError) {
    self.init(.asymmetric(try EVPKey(privateKeyPEM: text)))
  }

  /// A private JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), with its `alg` and `kid` where it has them. An RSA one needs
  /// all of `d`, `p`, `q`, `dp`, `dq` and `qi`, a secret needs its `alg`.
  public init(jwk text: [UInt8]) throws(KeyError) {
    guard text.count <= KeySet.maximumBytes else { throw KeyError(.setTooLarge) }
    guard let jwk = try? JSON.parse(text) else { throw KeyError(.malformedKey) }
    self = try JWK.signingKey(from: jwk)
  }

  /// A key out of a file: a PEM or a JWK where it begins like one, else a secret, to which a line feed at its end does
  /// not belong.
  public init(keyFile bytes: [UInt8]) throws(KeyError) {
    guard bytes.count <= KeySet.maximumBytes else { throw KeyError(.setTooLarge) }
    switch KeyFileForm(bytes) {
    case .pem: try self.init(privateKeyPEM: bytes)
    case .json: try self.init(jwk: bytes)
    case .other: self.init(secret: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes)
    }
  }

  /// What the key is bound to, or else what its type is most often used with.
  var usualAlgorithm: Algorithm {
    if let algorithm { return algorithm }
    guard case .asymmetric(let key) = material else { return .hs256 }
    return Algorithm.allCases.first { $0.keyType == key.type } ?? .hs256
  }
}
