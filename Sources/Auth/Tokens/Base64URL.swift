/// base64url without padding (RFC 7515 §2), in its one spelling.
///
/// Padding, white space, the standard alphabet's `+` and `/`, a lone last character and tail bits that are not zero are
/// refused: bytes have exactly one text, and so has a token.
enum Base64URL {
  /// The bytes that `text` spells; nil where it is not their canonical spelling. Empty text spells no bytes.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let count = text.count
    guard count % 4 != 1 else { return nil }
    let values = valueOfCharacter
    var isValid = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count / 4 * 3 + 2) { buffer, length in
      var pending: UInt32 = 0
      var bits = 0
      for character in text {
        let value = values[Int(character)]
        guard value != invalid else {
          isValid = false
          return
        }
        pending = pending << 6 | UInt32(value)
        bits += 6
        if bits >= 8 {
          bits -= 8
          buffer[length] = UInt8(truncatingIfNeeded: pending >> UInt32(bits))
          length += 1
        }
      }
      // What is left of the last character, 0, 2 or 4 bits, carries nothing and has to be zero (RFC 4648 §3.5).
      isValid = pending & (1 << UInt32(bits) - 1) == 0
    }
    return isValid ? bytes : nil
  }

  /// The text of `bytes`, in ASCII.
  static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var pending: UInt32 = 0
    var bits = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(alphabet[Int(pending >> UInt32(bits) & 63)])
      }
    }
    if bits > 0 { text.append(alphabet[Int(pending << UInt32(6 - bits) & 63)]) }
    return text
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let invalid: UInt8 = 0xFF
  private static let valueOfCharacter: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()
}
