/// A query string as a form sends it (WHATWG URL, `application/x-www-form-urlencoded`), read strictly: each key known and
/// there once, every escape whole, all of it UTF-8.
struct ConsoleQuery: Hashable, Sendable {
  /// What is wrong with a query.
  enum Fault: Error, Hashable, Sendable {
    /// An escape that is none, or bytes that are no UTF-8.
    case malformed
    /// A key that the page does not have.
    case unknown
    /// A key that is there twice.
    case twice
    /// A value, or the whole, over its bound.
    case tooLong
  }

  /// The longest query, in bytes.
  static let maximumBytes = 4_096
  /// The longest value, in bytes.
  static let maximumValueBytes = 256

  private let values: [String: String]

  /// Reads `text`, which stands after the `?`. Values without text count as absent: a form sends those too.
  init(_ text: some StringProtocol, keys: Set<String>) throws(Fault) {
    guard text.utf8.count <= Self.maximumBytes else { throw .tooLong }
    var values: [String: String] = [:]
    for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let key = try Self.decode(parts[0])
      guard keys.contains(key) else { throw .unknown }
      let value = parts.count == 2 ? try Self.decode(parts[1]) : ""
      guard value.utf8.count <= Self.maximumValueBytes else { throw .tooLong }
      guard values.updateValue(value, forKey: key) == nil else { throw .twice }
    }
    self.values = values.filter { !$0.value.isEmpty }
  }

  /// The value of `key`; empty where there is none.
  subscript(key: String) -> String { values[key] ?? "" }

  /// Whether nothing was asked.
  var isEmpty: Bool { values.isEmpty }

  private static func decode(_ text: some Sequence<UInt8>) throws(Fault) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
          throw .malformed
        }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
    return text
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// `text` as it stands in a query.
  static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      let character = Character(Unicode.Scalar(byte))
      if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
        encoded.append(character)
      } else {
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
