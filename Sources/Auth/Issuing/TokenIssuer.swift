/// Issues the tokens that Centrifugo takes, for an app's backend.
///
/// A connection token also is what the connect hook of this service verifies; `docs/tokens.md` says which of the two
/// ways to take. What is issued has been checked before it is signed, and verified again before it is returned: the
/// verifier of this package never refuses it until it expires.
public struct TokenIssuer: Sendable {
  /// The longest lifetime unless another is given, in seconds: a day.
  public static let defaultMaximumLifetime: Int64 = 86_400
  /// The most channels of one connection token.
  public static let maximumChannels = 64

  let issuer: String?
  let audiences: [String]
  let maximumLifetime: Int64
  let namespaces: Channel.Namespaces
  private let signer: TokenSigner
  private let keys: KeySet

  /// An issuer with one key.
  ///
  /// - Parameters:
  ///   - key: the secret or private key.
  ///   - algorithm: nil for what the key is bound to, or else what its type is most often used with: HS256, RS256, its
  ///     curve's, EdDSA.
  ///   - keyID: the header's `kid`; nil for the key's own, if it came with one.
  ///   - issuer: the `iss` of every token.
  ///   - audiences: the `aud` of every token; one becomes a string, several a list.
  ///   - maximumLifetime: the most between now and `exp`, in seconds.
  ///   - namespaces: how channels are called in Centrifugo's configuration.
  /// - Throws: ``KeyError`` where the key is too weak, or not of the algorithm's type.
  public init(
    key: SigningKey, algorithm: Algorithm? = nil, keyID: String? = nil, issuer: String? = nil,
    audiences: [String] = [], maximumLifetime: Int64 = defaultMaximumLifetime,
    namespaces: Channel.Namespaces = .standard
  ) throws(KeyError) {
    let algorithm = algorithm ?? key.usualAlgorithm
    let keyID = keyID ?? key.id
    signer = try TokenSigner(key: key, algorithm: algorithm, keyID: keyID)
    keys = try KeySet(verifyingWhatIsSignedWith: key, algorithm: algorithm, keyID: keyID)
    self.issuer = issuer
    self.audiences = audiences
    self.maximumLifetime = maximumLifetime
    self.namespaces = namespaces
  }

  /// The connection token, in compact form. `now` is in Unix seconds and becomes its `iat`.
  public func issue(_ token: ConnectionToken, now: Int64) throws(IssuingError) -> String {
    let times = try times(token.expiry, notBefore: token.notBefore, now: now)
    return try sign(claims(of: token, times), .connection, times)
  }

  /// The subscription token, in compact form. `now` is in Unix seconds and becomes its `iat`.
  public func issue(_ token: SubscriptionToken, now: Int64) throws(IssuingError) -> String {
    let times = try times(token.expiry, notBefore: token.notBefore, now: now)
    return try sign(claims(of: token, times), .subscription(channel: token.channel.name(in: namespaces)), times)
  }

  private func sign(_ claims: [UInt8], _ kind: TokenKind, _ times: Times) throws(IssuingError) -> String {
    guard claims.count <= JWS.defaultMaximumBytes else { throw IssuingError(.tokenTooLarge) }
    let token: String
    do { token = try signer.sign(claimsJSON: claims) } catch { throw IssuingError(.notSigned, detail: error.rawValue) }
    guard token.utf8.count <= JWS.defaultMaximumBytes else { throw IssuingError(.tokenTooLarge) }
    let rules = TokenRules(leeway: 0, issuer: issuer, audiences: audiences, type: "JWT")
    do {
      // As of the first moment that it is good at.
      let good = max(times.issuedAt, times.notBefore ?? 0)
      _ = try TokenVerifier(keys: keys, rules: rules).verify(Array(token.utf8), now: good, as: kind)
    } catch {
      throw IssuingError(.notVerified, detail: error.description)
    }
    return token
  }
}
