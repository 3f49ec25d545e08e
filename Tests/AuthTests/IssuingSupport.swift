import StrictJSON
import Testing

@testable import Auth

/// What the tests of issuing share: an issuer for each algorithm, and the claims of what it issued.
enum Issuing {
  static let anna = UserID("anna")
  static let room = Channel("match:ride-17")

  /// An issuer with a new key, and the keys that others verify with.
  static func issuer(
    _ algorithm: Algorithm = .hs256, keyID: String? = "k1", issuer: String? = nil, audiences: [String] = [],
    maximumLifetime: Int64 = TokenIssuer.defaultMaximumLifetime
  ) throws -> (issuer: TokenIssuer, keys: KeySet) {
    let key: SigningKey
    let keys: KeySet
    if algorithm.keyType == .secret {
      (key, keys) = (SigningKey(secret: Sample.secret), try Sample.keys(algorithm, id: keyID))
    } else {
      let pair = try KeyPair.pair(for: algorithm)
      key = try SigningKey(privateKeyPEM: pair.privatePEM())
      keys = try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: algorithm, keyID: keyID)
    }
    let issuer = try TokenIssuer(
      key: key, algorithm: algorithm, keyID: keyID, issuer: issuer, audiences: audiences,
      maximumLifetime: maximumLifetime)
    return (issuer, keys)
  }

  static func connection(_ change: (inout ConnectionToken) throws -> Void = { _ in }) throws -> ConnectionToken {
    var token = ConnectionToken(user: try #require(anna), expiry: .after(600))
    try change(&token)
    return token
  }

  static func subscription(
    _ change: (inout SubscriptionToken) throws -> Void = { _ in }
  ) throws -> SubscriptionToken {
    var token = SubscriptionToken(user: try #require(anna), channel: try #require(room), expiry: .after(600))
    try change(&token)
    return token
  }

  /// The claims as they are spelled.
  static func claims(_ token: String) throws -> String {
    let payload = try #require(Base64URL.decode(Sample.parts(Array(token.utf8))[1].utf8))
    return String(decoding: payload, as: UTF8.self)
  }

  /// Why a token is not issued; nil where it is.
  static func refusal(_ body: () throws -> Void) throws -> IssuingError.Reason? {
    do {
      try body()
      return nil
    } catch let error as IssuingError {
      return error.reason
    }
  }
}
