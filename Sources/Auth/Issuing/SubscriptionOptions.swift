import StrictJSON

/// What a token says about a subscription beyond its channel (Centrifugo's `SubscribeOptions`).
public struct SubscriptionOptions: Equatable, Sendable {
  /// `override`: options of the channel's namespace that hold otherwise for this subscription. Nil leaves one as it is.
  public struct Override: Equatable, Sendable {
    /// Whether the client is listed in the channel's presence.
    public var presence: Bool?
    /// Whether its coming and going is published.
    public var joinLeave: Bool?
    /// Whether it is sent others' coming and going.
    public var forcePushJoinLeave: Bool?
    /// Whether its position in the channel's history is kept.
    public var forcePositioning: Bool?
    /// Whether it recovers missed publications.
    public var forceRecovery: Bool?

    /// Overrides nothing unless told.
    public init(
      presence: Bool? = nil, joinLeave: Bool? = nil, forcePushJoinLeave: Bool? = nil, forcePositioning: Bool? = nil,
      forceRecovery: Bool? = nil
    ) {
      self.presence = presence
      self.joinLeave = joinLeave
      self.forcePushJoinLeave = forcePushJoinLeave
      self.forcePositioning = forcePositioning
      self.forceRecovery = forceRecovery
    }
  }

  /// `info`: what others see of this client in the channel, up to ``TokenClaims/maximumInfoBytes``.
  public var info: ClaimObject?
  /// `data`: what the client is given with the subscription.
  public var data: ClaimObject?
  /// `override`.
  public var override: Override

  /// No options unless told.
  public init(info: ClaimObject? = nil, data: ClaimObject? = nil, override: Override = Override()) {
    self.info = info
    self.data = data
    self.override = override
  }

  /// Writes the options as members of the object begun last.
  func write(into claims: inout JSONWriter) {
    claims.member("info", info)
    claims.member("data", data)
    guard override != Override() else { return }
    claims.key("override")
    claims.beginObject()
    for (key, path) in Override.members {
      guard let value = override[keyPath: path] else { continue }
      claims.key(key)
      claims.beginObject()
      // Always spelled: without `value` Centrifugo reads false.
      claims.key("value")
      claims.bool(value)
      claims.endObject()
    }
    claims.endObject()
  }
}

extension SubscriptionOptions.Override {
  /// The options under the names that Centrifugo has for them.
  static var members: [(key: String, path: WritableKeyPath<Self, Bool?>)] {
    [
      ("presence", \.presence), ("join_leave", \.joinLeave), ("force_push_join_leave", \.forcePushJoinLeave),
      ("force_positioning", \.forcePositioning), ("force_recovery", \.forceRecovery),
    ]
  }
}
