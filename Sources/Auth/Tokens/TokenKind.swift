import StrictJSON

/// What a token is for. The app signs both kinds with the same key and the same claims but for one, which tells them
/// apart, so that neither passes for the other (RFC 8725 §3.12).
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
