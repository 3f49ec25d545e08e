/// A key that signs: for development tokens and tests. In production the app's issuer signs.
public struct SigningKey: Sendable {
  enum Material: Sendable {
    case secret([UInt8])
    case asymmetric(EVPKey)
  }

  let material: Material

  /// An HMAC secret, raw bytes. How long it must be is up to the algorithm, see ``TokenSigner``.
  public init(secret: [UInt8]) { material = .secret(secret) }

  /// A private key as one unencrypted PEM block `PRIVATE KEY` (PKCS #8).
  public init(privateKeyPEM text: [UInt8]) throws(KeyError) { material = .asymmetric(try EVPKey(privateKeyPEM: text)) }
}
