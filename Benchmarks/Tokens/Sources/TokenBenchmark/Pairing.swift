import Auth
import CryptoExtras
import JWTKit

/// One algorithm: a token and both verifiers with the key it was signed with.
struct Pairing {
  let name: String
  let token: [UInt8]
  let ours: Ours
  let theirs: JWTKitVerifier

  private init(
    _ name: String, _ algorithm: Algorithm, _ signingKey: SigningKey, _ keys: KeySet, _ theirs: JWTKeyCollection
  ) throws {
    self.name = name
    token = Array(
      try TokenSigner(key: signingKey, algorithm: algorithm).sign(claimsJSON: Claims.json(now: secondsSinceEpoch()))
        .utf8)
    ours = Ours(keys: keys)
    self.theirs = JWTKitVerifier(keys: theirs)
  }

  /// Every pairing, with keys made for this run.
  static func all() async throws -> [Pairing] {
    let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let rsaPublic = rsa.publicKey.pemRepresentation
    let p256 = ES256PrivateKey()
    let ed25519 = try EdDSA.PrivateKey()
    return [
      try Pairing(
        "HS256", .hs256, SigningKey(secret: secret), KeySet(secret: secret, algorithm: .hs256),
        await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)),
      try Pairing(
        "RS256, 2048 bits", .rs256, SigningKey(privateKeyPEM: Array(rsa.pkcs8PEMRepresentation.utf8)),
        KeySet(publicKeyPEM: Array(rsaPublic.utf8), algorithm: .rs256),
        await JWTKeyCollection().add(rsa: Insecure.RSA.PublicKey(pem: rsaPublic), digestAlgorithm: .sha256)),
      try Pairing(
        "ES256", .es256, SigningKey(privateKeyPEM: Array(p256.pemRepresentation.utf8)),
        KeySet(publicKeyPEM: Array(p256.publicKey.pemRepresentation.utf8), algorithm: .es256),
        await JWTKeyCollection().add(ecdsa: p256.publicKey)),
      try Pairing(
        "EdDSA, Ed25519", .edDSA, SigningKey(privateKeyPEM: Array(ed25519.pemRepresentation.utf8)),
        KeySet(publicKeyPEM: Array(ed25519.publicKey.pemRepresentation.utf8), algorithm: .edDSA),
        await JWTKeyCollection().add(eddsa: ed25519.publicKey)),
    ]
  }
}
