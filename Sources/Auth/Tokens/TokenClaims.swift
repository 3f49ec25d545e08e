/// What a token says. Only ``TokenVerifier`` makes one, so having one means that a token was verified.
public struct TokenClaims: Equatable, Sendable {
  /// The longest `info`, in bytes.
  public static let maximumInfoBytes = 1_024
  /// The longest `jti`, in characters.
  public static let maximumIDLength = 128

  /// `sub`: whose token it is.
  public let subject: UserID
  /// `exp`, in Unix seconds, a fraction cut off. Leeway is not in it: it can lie that far in the past.
  public let expiresAt: Int64
  /// `iat`, in Unix seconds, a fraction rounded up.
  public let issuedAt: Int64?
  /// `nbf`, in Unix seconds, a fraction rounded up.
  public let notBefore: Int64?
  /// `jti`, by which a single token can be revoked.
  public let id: String?
  /// `info`: a JSON object as it was spelled.
  public let info: [UInt8]?
  /// The `kid` of the key that verified the token, where the token named one.
  public let keyID: String?
  /// What the token was signed with.
  public let algorithm: Algorithm

  /// Whether `text` can be a `jti`: 1 to ``maximumIDLength`` characters of printable ASCII.
  static func isID(_ text: String) -> Bool {
    (1...maximumIDLength).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }
}
