/// What a token for one subscription of one user says.
public struct SubscriptionToken: Sendable {
  /// `sub`: whose connection may subscribe with it.
  public var user: UserID
  /// `channel`.
  public var channel: Channel
  /// `exp`. The subscription ends then unless it is refreshed.
  public var expiry: TokenExpiry
  /// `nbf`, in Unix seconds. Before it Centrifugo calls the token expired, and the SDK asks for another.
  public var notBefore: Int64?
  /// `jti`. Centrifugo does not look at it; it says in a log which token it was.
  public var id: TokenID
  /// `info`, `data` and `override`.
  public var options: SubscriptionOptions

  /// A token with a random ``id``.
  public init(
    user: UserID, channel: Channel, expiry: TokenExpiry, notBefore: Int64? = nil, id: TokenID = .random(),
    options: SubscriptionOptions = SubscriptionOptions()
  ) {
    self.user = user
    self.channel = channel
    self.expiry = expiry
    self.notBefore = notBefore
    self.id = id
    self.options = options
  }
}
