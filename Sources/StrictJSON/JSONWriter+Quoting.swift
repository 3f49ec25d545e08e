extension JSONWriter {
  mutating func quote(_ text: String) {
    var text = text
    text.withUTF8 { quote($0) }
  }

  /// Writes `text`, which is UTF-8, as a JSON string (RFC 8259, section 7). Uses the buffer during the call alone.
  mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var copied = 0
    for index in text.indices {
      let length: Int
      switch text[index] {
      case ..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): length = 1
      case 0xE2 where isLineSeparator(text, at: index): length = 3
      default: continue
      }
      bytes.append(contentsOf: text[copied..<index])
      escape(text[index], last: text[index + length - 1])
      copied = index + length
    }
    bytes.append(contentsOf: text[copied...])
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether U+2028 or U+2029, E2 80 A8 and E2 80 A9, stands at `index`.
  private func isLineSeparator(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    text.count - index >= 3 && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8
  }

  private mutating func escape(_ first: UInt8, last: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch first {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(first)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0xE2: bytes.append(contentsOf: (last == 0xA8 ? "u2028" : "u2029").utf8)
    default:
      bytes.append(contentsOf: (first < 0x10 ? "u000" : "u001").utf8)
      let digit = first & 0x0F
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
