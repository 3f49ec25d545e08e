/// What a token for a connection says.
public struct ConnectionToken: Sendable {
  /// Server-side subscriptions that come with the connection, where Centrifugo verifies the token. Its claims `channels`
  /// and `subs` exclude each other: next to `subs` Centrifugo passes over `channels`.
  public enum Subscriptions: Sendable {
    /// Channels alone, `channels`. None by default.
    case channels([Channel])
    /// Channels with options of their own, `subs`.
    case options([(channel: Channel, options: SubscriptionOptions)])
  }

  /// `sub`. The anonymous user, `""` to Centrifugo, has no ``UserID`` and gets no token.
  public var user: UserID
  /// `exp`.
  public var expiry: TokenExpiry
  /// `nbf`, in Unix seconds. Before it Centrifugo calls the token expired, and the SDK asks for another.
  public var notBefore: Int64?
  /// `jti`, by which the token can be revoked.
  public var id: TokenID
  /// `info`: what others see in presence, join and leave, up to ``TokenClaims/maximumInfoBytes``.
  public var info: ClaimObject?
  /// `meta`: what Centrifugo keeps with the connection and sends to hooks, and never to a client. The token itself can
  /// be read by its bearer.
  public var meta: ClaimObject?
  /// `channels` or `subs`: subscriptions that no subscribe hook is asked about.
  public var subscriptions: Subscriptions

  /// A token with a random ``id``.
  public init(
    user: UserID, expiry: TokenExpiry, notBefore: Int64? = nil, id: TokenID = .random(), info: ClaimObject? = nil,
    meta: ClaimObject? = nil, subscriptions: Subscriptions = .channels([])
  ) {
    self.user = user
    self.expiry = expiry
    self.notBefore = notBefore
    self.id = id
    self.info = info
    self.meta = meta
    self.subscriptions = subscriptions
  }
}
