extension TokenIssuer {
  /// The times of a token, in Unix seconds.
  struct Times {
    let issuedAt: Int64
    let expiresAt: Int64
    let notBefore: Int64?
  }

  /// The times as they go into the token, checked.
  func times(_ expiry: TokenExpiry, notBefore: Int64?, now: Int64) throws(IssuingError) -> Times {
    let dates = 0..<NumericDate.end
    guard dates.contains(now) else { throw IssuingError(.timeInvalid) }
    let expiresAt: Int64
    switch expiry {
    case .after(let seconds):
      let (sum, isOverflow) = now.addingReportingOverflow(seconds)
      guard !isOverflow else { throw IssuingError(.timeInvalid) }
      expiresAt = sum
    case .at(let time): expiresAt = time
    }
    guard expiresAt > now else { throw IssuingError(.expiryPassed) }
    guard dates.contains(expiresAt) else { throw IssuingError(.timeInvalid) }
    guard expiresAt - now <= maximumLifetime else { throw IssuingError(.lifetimeTooLong) }
    if let notBefore {
      guard dates.contains(notBefore) else { throw IssuingError(.timeInvalid) }
      guard notBefore < expiresAt else { throw IssuingError(.notBeforeTooLate) }
    }
    return Times(issuedAt: now, expiresAt: expiresAt, notBefore: notBefore)
  }
}

/// When a token ends. There is none without an end: Centrifugo takes a token without `exp`, and for ever.
public enum TokenExpiry: Hashable, Sendable {
  /// So many seconds after it was issued.
  case after(Int64)
  /// At a time, in Unix seconds.
  case at(Int64)
}
