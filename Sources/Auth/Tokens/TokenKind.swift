import StrictJSON

/// What a token is for. A claim tells the kinds apart, so that neither passes for the other (RFC 8725 §3.12).
enum TokenKind {
  /// A connection: no `channel`.
  case connection
  /// One subscription: `channel` is its channel's name.
  case subscription(channel: String)

  /// Throws where `channel`, the claim, is another kind's.
  func check(_ channel: JSON?) throws(TokenRefusal) {
    switch self {
    case .connection:
      guard channel == nil else { throw TokenRefusal(.subscriptionToken) }
    case .subscription(let name):
      guard let channel = channel?.string, channel.hasSameBytes(as: name) else { throw TokenRefusal(.channelMismatch) }
    }
  }
}
