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
      case 0xE2 where isLineSeparator(text[index...]): length = 3
      default: continue
      }
      bytes.append(contentsOf: text[copied..<index])
      escape(text[index], last: text[index + length - 1])
      copied = index + length
    }
    bytes.append(contentsOf: text[copied...])
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether U+2028 or U+2029 comes first.
  private func isLineSeparator(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    text.starts(with: [0xE2, 0x80, 0xA8]) || text.starts(with: [0xE2, 0x80, 0xA9])
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
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(first < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
      bytes.append(Array("0123456789abcdef".utf8)[Int(first & 0x0F)])
    }
  }
}
