/// What a token must say beyond being signed. Times are in seconds.
public struct TokenRules: Equatable, Sendable {
  /// How much leeway can be given: up to "a few minutes" (RFC 7519 §4.1.4).
  public static let allowedLeeway: ClosedRange<Int64> = 0...300

  /// How far the issuer's clock and ours may be apart, for `exp`, `nbf` and `iat` alike; held to ``allowedLeeway``.
  public let leeway: Int64
  /// The one `iss` accepted; nil: any, or none.
  public let issuer: String?
  /// The names this service goes by, one of which `aud` must have; empty: `aud` is not asked for.
  public let audiences: [String]
  /// The one `typ` accepted, such as `at+jwt` (RFC 9068); nil: any, or none.
  public let type: String?
  /// The most between `iat`, which then is required, and `exp`; nil: any.
  public let maximumLifetime: Int64?
  /// The longest token, in bytes.
  public let maximumBytes: Int

  /// Rules for tokens of one purpose.
  public init(
    leeway: Int64 = 30, issuer: String? = nil, audiences: [String] = [], type: String? = nil,
    maximumLifetime: Int64? = nil, maximumBytes: Int = JWS.defaultMaximumBytes
  ) {
    self.leeway = min(max(leeway, Self.allowedLeeway.lowerBound), Self.allowedLeeway.upperBound)
    self.issuer = issuer
    self.audiences = audiences
    self.type = type
    self.maximumLifetime = maximumLifetime
    self.maximumBytes = maximumBytes
  }
}
