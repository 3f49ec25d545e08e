import StrictJSON

/// A JSON number of seconds since 1970-01-01T00:00:00Z (RFC 7519 §2).
///
/// Fractions and exponents are legal there. What is negative, or from 2⁵³ on, where a JSON number stops being exact, is
/// no date.
enum NumericDate {
  /// The first number of seconds that is none.
  static let end: Int64 = 1 << 53

  /// Whole seconds, a fraction rounded as told: down for an end, up for a beginning, so never in the token's favour. Nil
  /// for anything but a date.
  static func seconds(_ json: JSON, _ rule: FloatingPointRoundingRule) -> Int64? {
    if let integer = json.integer { return (0..<end).contains(integer) ? integer : nil }
    guard let number = json.double, number >= 0, number < Double(end) else { return nil }
    return Int64(number.rounded(rule))
  }
}
