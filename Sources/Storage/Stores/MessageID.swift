/// A message's id, made by its client: a UUID in 16 bytes (RFC 9562), of any version.
public struct MessageID: Hashable, Sendable, CustomStringConvertible {
  /// The bytes in network order.
  public typealias Bytes = (
    UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8
  )

  private let high: UInt64
  private let low: UInt64

  /// The 16 bytes in network order.
  public var bytes: Bytes {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { $0.loadUnaligned(as: Bytes.self) }
  }

  /// Reads the 36-character form with hyphens, in either case (RFC 9562, section 4); nil for anything else.
  public init?(_ text: String) {
    let utf8 = text.utf8
    guard utf8.count == 36 else { return nil }
    var digits: (high: UInt64, low: UInt64) = (0, 0)
    var count = 0
    for (place, byte) in utf8.enumerated() {
      if place == 8 || place == 13 || place == 18 || place == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      if count < 16 {
        digits.high = digits.high << 4 | UInt64(digit)
      } else {
        digits.low = digits.low << 4 | UInt64(digit)
      }
      count += 1
    }
    (high, low) = digits
  }

  /// A random one (version 4).
  public static func random() -> MessageID {
    MessageID(
      high: UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000,
      low: UInt64.random(in: .min ... .max) & ~(3 << 62) | 1 << 63)
  }

  private init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The 36-character form in lower case.
  public var description: String {
    func hex(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    let digits = Array((hex(high) + hex(low)).utf8)
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
  }
}
