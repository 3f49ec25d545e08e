extension Parser {
  /// The string whose opening quote the parser stands at.
  mutating func string(_ input: Span<UInt8>) throws(JSONError) -> Node {
    let start = position
    var isPlain = true
    position += 1
    while position < input.count {
      let byte = input[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return leaf(.string, from: start, isPlain: isPlain)
      case UInt8(ascii: "\\"):
        isPlain = false
        try escape(input)
      case ..<0x20: throw JSONError(.controlCharacter, at: position)
      case ..<0x80: position += 1
      default: try multiByteCharacter(byte, input)
      }
    }
    throw JSONError(.unexpectedEnd, at: position)
  }

  /// A character of two to four bytes: the well-formed sequences of RFC 3629, section 4 and no others.
  private mutating func multiByteCharacter(_ lead: UInt8, _ input: Span<UInt8>) throws(JSONError) {
    let length: Int
    // The second byte's range is what keeps out overlong forms, surrogates and what is above U+10FFFF.
    let second: ClosedRange<UInt8>
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw JSONError(.invalidUTF8, at: position)
    }
    guard input.count - position >= length, second.contains(input[position + 1]) else {
      throw JSONError(.invalidUTF8, at: position)
    }
    for offset in 2..<max(2, length) where input[position + offset] & 0xC0 != 0x80 {
      throw JSONError(.invalidUTF8, at: position)
    }
    position += length
  }

  private mutating func escape(_ input: Span<UInt8>) throws(JSONError) {
    let start = position
    guard start + 1 < input.count else { throw JSONError(.unexpectedEnd, at: input.count) }
    switch input[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
    case UInt8(ascii: "u"):
      let unit = try codeUnit(at: start, input)
      position += 6
      if unit == 0, !limits.allowsNUL { throw JSONError(.nul, at: start) }
      if unit & 0xF800 == 0xD800 { try lowSurrogate(after: unit, at: start, input) }
    default: throw JSONError(.badEscape, at: start)
    }
  }

  /// The second half of a pair: directly after the first, as an escape too.
  private mutating func lowSurrogate(
    after unit: UInt16, at start: Int, _ input: Span<UInt8>
  ) throws(JSONError) {
    guard unit < 0xDC00, position + 1 < input.count, input[position] == UInt8(ascii: "\\"),
      input[position + 1] == UInt8(ascii: "u"), try codeUnit(at: position, input) & 0xFC00 == 0xDC00
    else { throw JSONError(.loneSurrogate, at: start) }
    position += 6
  }

  /// The four hexadecimal digits of the `\u` escape at `start`.
  private func codeUnit(at start: Int, _ input: Span<UInt8>) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for index in start + 2..<start + 6 {
      guard index < input.count else { throw JSONError(.unexpectedEnd, at: input.count) }
      guard let digit = hexadecimalDigit(input[index]) else { throw JSONError(.badEscape, at: start) }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}

/// The value of a hexadecimal digit; nil for any other byte.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
