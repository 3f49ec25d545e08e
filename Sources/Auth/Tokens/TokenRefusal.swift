/// Why a token was refused. For the log and for `proxyhooks token verify`, never for a client; says nothing of the
/// token's content.
public struct TokenRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// The rule that the token broke. The raw value is what the log says.
  public enum Reason: String, CaseIterable, Sendable {
    /// Longer than ``TokenRules/maximumBytes``.
    case tooLarge = "too_large"
    /// Not exactly three parts (RFC 7515 §7.1), so also any JWE, which has five.
    case wrongPartCount = "wrong_part_count"
    /// A part that is not base64url in its one spelling (RFC 7515 §2).
    case malformedEncoding = "malformed_encoding"
    /// A header that is no strict JSON object, or has `kid`, `typ` or `cty` as something other than a string.
    case malformedHeader = "malformed_header"
    /// `crit`: no extension is understood here (RFC 7515 §4.1.11).
    case criticalExtension = "critical_extension"
    /// `b64`, the unencoded payload option (RFC 7797).
    case unencodedPayload = "unencoded_payload"
    /// No `alg`.
    case algorithmMissing = "algorithm_missing"
    /// `alg` is none of ``Algorithm``: `none`, another case, another type.
    case algorithmUnknown = "algorithm_unknown"
    /// `alg` is not what the key is bound to.
    case algorithmMismatch = "algorithm_mismatch"
    /// No `kid`, and more than one key.
    case keyIDMissing = "key_id_missing"
    /// No key with this `kid`. Worth fetching the key set anew, once per interval.
    case keyUnknown = "key_unknown"
    /// The signature is not the key's.
    case signatureMismatch = "signature_mismatch"
    /// `typ` is not the configured one (RFC 8725 §3.11).
    case typeMismatch = "type_mismatch"
    /// `cty` says that the payload is a token itself (RFC 7519 §5.2).
    case nestedToken = "nested_token"
    /// The payload is no strict JSON object.
    case malformedClaims = "malformed_claims"
    /// `channel`: a token for one subscription, which Centrifugo reads itself and nobody connects with.
    case subscriptionToken = "subscription_token"
    /// `channel` is not the one of the subscription that the token was to be for.
    case channelMismatch = "channel_mismatch"
    /// No `iss`, where one is configured.
    case issuerMissing = "issuer_missing"
    /// `iss` is no string.
    case issuerInvalid = "issuer_invalid"
    /// `iss` is not the configured one.
    case issuerMismatch = "issuer_mismatch"
    /// No `aud`, where one is configured.
    case audienceMissing = "audience_missing"
    /// `aud` is neither a string nor a list of strings with at least one.
    case audienceInvalid = "audience_invalid"
    /// `aud` has none of the configured ones.
    case audienceMismatch = "audience_mismatch"
    /// No `sub`.
    case subjectMissing = "subject_missing"
    /// `sub` does not follow ``UserID``.
    case subjectInvalid = "subject_invalid"
    /// `jti` is not 1 to 128 characters of printable ASCII.
    case tokenIDInvalid = "token_id_invalid"
    /// `info` is no object.
    case infoInvalid = "info_invalid"
    /// `info` is longer than ``TokenClaims/maximumInfoBytes``.
    case infoTooLarge = "info_too_large"
    /// No `exp`.
    case expiryMissing = "expiry_missing"
    /// `exp` is no number from 0 to below 2⁵³.
    case expiryInvalid = "expiry_invalid"
    /// `nbf` is no number from 0 to below 2⁵³.
    case notBeforeInvalid = "not_before_invalid"
    /// `nbf` has not come.
    case notYetValid = "not_yet_valid"
    /// No `iat`, where a maximum lifetime is configured.
    case issuedAtMissing = "issued_at_missing"
    /// `iat` is no number from 0 to below 2⁵³.
    case issuedAtInvalid = "issued_at_invalid"
    /// `iat` has not come.
    case issuedInFuture = "issued_in_future"
    /// `exp` is further from `iat` than configured.
    case lifetimeTooLong = "lifetime_too_long"
    /// `exp` has passed, and everything else held.
    case expired = "expired"
  }

  /// The rule that the token broke.
  public let reason: Reason
  /// What the JSON parser said of a header or of claims it refused: a reason and an offset.
  public let detail: String?

  init(_ reason: Reason, detail: String? = nil) {
    self.reason = reason
    self.detail = detail
  }

  /// Whether this was a good token until it expired: the signature and every other claim held. Only then is a new token
  /// all that its bearer needs.
  public var isExpired: Bool { reason == .expired }

  /// "<reason>", or "<reason> (<detail>)".
  public var description: String {
    guard let detail else { return reason.rawValue }
    return "\(reason.rawValue) (\(detail))"
  }
}
