import Auth
import JWTKit

/// A verifier that is measured: reads a token, verifies its signature and checks `exp`, `iss` and `aud`.
protocol Contestant: Sendable {
  /// The length of the subject, so that the result is used; throws where the token is refused.
  func verify(_ token: [UInt8]) async throws -> Int
}

/// The verifier of this repository.
struct Ours: Contestant {
  let verifier: TokenVerifier

  init(keys: KeySet) {
    let rules = TokenRules(issuer: Claims.issuer, audiences: [Claims.audience])
    verifier = TokenVerifier(keys: keys, rules: rules)
  }

  func verify(_ token: [UInt8]) async throws -> Int {
    try verifier.verify(token, now: secondsSinceEpoch()).subject.text.utf8.count
  }
}

/// jwt-kit, with a payload that declares the same claims.
struct JWTKitVerifier: Contestant {
  let keys: JWTKeyCollection

  func verify(_ token: [UInt8]) async throws -> Int {
    try await keys.verify(token, as: Claims.self).sub.value.utf8.count
  }
}
