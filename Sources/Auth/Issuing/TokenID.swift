/// A token's `jti`: 1 to 128 characters of printable ASCII.
public struct TokenID: Hashable, Sendable, CustomStringConvertible {
  /// The id's text.
  public let text: String

  /// Nil where `text` is longer, empty or has other characters.
  public init?(_ text: String) {
    guard TokenClaims.isID(text) else { return nil }
    self.text = text
  }

  /// A random UUID (RFC 9562 §5.4).
  public static func random() -> TokenID {
    var generator = SystemRandomNumberGenerator()
    let high = generator.next() & ~0xF000 | 0x4000
    let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
    let digits = hexadecimal(high) + hexadecimal(low)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return TokenID(unchecked: text)
  }

  private init(unchecked text: String) { self.text = text }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The id itself.
  public var description: String { text }
}
