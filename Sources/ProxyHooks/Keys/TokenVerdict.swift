import Auth

/// What can be said of a token.
enum TokenVerdict: Sendable {
  /// Why nothing can be, for now. The raw value is what the log says.
  enum Doubt: String, Sendable {
    /// No key set came yet, or the newest is too old to be believed.
    case noKeys = "token_keys_missing"
    /// The newest set has no key of its `kid`, or another one than signed it, and the issuer could not be asked lately whether there is a newer.
    case keyUnconfirmed = "token_key_unconfirmed"
  }

  /// Its claims hold.
  case good(TokenClaims)
  /// It is refused, and would be tomorrow, but for an expired one.
  case refused(TokenRefusal)
  /// Neither.
  case undecided(Doubt)

  /// Whether another key set could say otherwise.
  var dependsOnMissingKey: Bool {
    switch self {
    case .good: false
    case .refused(let refusal): refusal.reason.isOfKeys
    case .undecided: true
    }
  }
}

extension TokenRefusal.Reason {
  /// Whether another key set could say otherwise: an issuer may also give another key the same `kid`, or none.
  var isOfKeys: Bool {
    switch self {
    case .keyUnknown, .signatureMismatch, .algorithmMismatch: true
    default: false
    }
  }
}
