/// Why a token was not issued. Says nothing of the token's content.
public struct IssuingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: String, CaseIterable, Sendable {
    /// A JSON text that the strict parser refuses, or over ``ClaimObject/maximumBytes`` or ``ClaimObject/maximumDepth``.
    case malformedJSON = "malformed_json"
    /// A JSON value that is no object.
    case notAnObject = "not_an_object"
    /// A member that subscription options don't have, or one of another type.
    case optionsInvalid = "options_invalid"
    /// A user's id that is no ``UserID``.
    case userInvalid = "user_invalid"
    /// A channel's name that ``Channel`` does not know.
    case channelInvalid = "channel_invalid"
    /// `info` is longer than ``TokenClaims/maximumInfoBytes``.
    case infoTooLarge = "info_too_large"
    /// A time that is not from 0 to below 2⁵³.
    case timeInvalid = "time_invalid"
    /// The expiry is not in the future.
    case expiryPassed = "expiry_passed"
    /// The expiry is further away than ``TokenIssuer`` was told to allow.
    case lifetimeTooLong = "lifetime_too_long"
    /// The token would begin when it has expired.
    case notBeforeTooLate = "not_before_too_late"
    /// The issuer's name is empty.
    case issuerEmpty = "issuer_empty"
    /// An audience's name is empty.
    case audienceEmpty = "audience_empty"
    /// More channels than ``TokenIssuer/maximumChannels``.
    case tooManyChannels = "too_many_channels"
    /// A channel stands in the token twice.
    case channelTwice = "channel_twice"
    /// Longer than ``JWS/defaultMaximumBytes``, which no verifier of this service takes.
    case tokenTooLarge = "token_too_large"
    /// The signature failed.
    case notSigned = "not_signed"
    /// The signed token does not verify: the private key's halves don't belong together.
    case notVerified = "not_verified"
  }

  /// What is wrong.
  public let reason: Reason
  /// What the JSON parser, the signer or the verifier said.
  public let detail: String?

  /// An error of this reason.
  package init(_ reason: Reason, detail: String? = nil) {
    self.reason = reason
    self.detail = detail
  }

  /// "<reason>", or "<reason> (<detail>)".
  public var description: String {
    guard let detail else { return reason.rawValue }
    return "\(reason.rawValue) (\(detail))"
  }
}
