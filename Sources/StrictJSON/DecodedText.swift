/// The text of a parsed string as UTF-8 bytes with its escapes decoded, one by one and without allocating.
///
/// Reads what the parser has accepted, so it has no errors of its own.
struct DecodedText {
  private var position: Int
  private let end: Int
  /// Bytes of a decoded escape that are still to come, the next one lowest.
  private var pending: UInt32 = 0
  private var pendingCount = 0

  init(_ node: Node) {
    position = node.contents.lowerBound
    end = node.contents.upperBound
  }

  mutating func next(in input: Span<UInt8>) -> UInt8? {
    if pendingCount > 0 { return nextPending() }
    guard position < end else { return nil }
    let byte = input[position]
    position += 1
    guard byte == UInt8(ascii: "\\") else { return byte }
    let name = input[position]
    position += 1
    switch name {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "u"):
      encode(scalar(in: input))
      return nextPending()
    default: return name
    }
  }

  private mutating func nextPending() -> UInt8 {
    let byte = UInt8(truncatingIfNeeded: pending)
    pending >>= 8
    pendingCount -= 1
    return byte
  }

  private mutating func scalar(in input: Span<UInt8>) -> UInt32 {
    let unit = codeUnit(in: input)
    guard unit & 0xF800 == 0xD800 else { return unit }
    position += 2  // the second half's `\u`
    return 0x10000 + (unit & 0x3FF) << 10 + codeUnit(in: input) & 0x3FF
  }

  private mutating func codeUnit(in input: Span<UInt8>) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      unit = unit << 4 | UInt32(hexadecimalDigit(input[position]) ?? 0)
      position += 1
    }
    return unit
  }

  private mutating func encode(_ scalar: UInt32) {
    switch scalar {
    case ..<0x80: (pending, pendingCount) = (scalar, 1)
    case ..<0x800:
      (pending, pendingCount) = (0x80C0 | scalar >> 6 | (scalar & 0x3F) << 8, 2)
    case ..<0x10000:
      (pending, pendingCount) = (0x8080E0 | scalar >> 12 | (scalar >> 6 & 0x3F) << 8 | (scalar & 0x3F) << 16, 3)
    default:
      let high = 0x80F0 | scalar >> 18 | (scalar >> 12 & 0x3F) << 8
      (pending, pendingCount) = (0x8080_0000 | high | (scalar >> 6 & 0x3F) << 16 | (scalar & 0x3F) << 24, 4)
    }
  }
}

extension Node {
  /// Whether two strings of one document have the same text, byte for byte once decoded. No Unicode equivalence:
  /// PostgreSQL and Centrifugo have none either.
  func hasSameText(as other: Node, in input: Span<UInt8>) -> Bool {
    var left = DecodedText(self)
    var right = DecodedText(other)
    while true {
      let byte = left.next(in: input)
      guard byte == right.next(in: input) else { return false }
      if byte == nil { return true }
    }
  }

  /// Whether the string's decoded text is `text`, byte for byte.
  func hasText(_ text: Span<UInt8>, in input: Span<UInt8>) -> Bool {
    if isPlain {
      guard contents.count == text.count else { return false }
      for index in 0..<text.count where input[contents.lowerBound + index] != text[index] { return false }
      return true
    }
    var decoded = DecodedText(self)
    for index in 0..<text.count {
      guard decoded.next(in: input) == text[index] else { return false }
    }
    return decoded.next(in: input) == nil
  }

  /// The string's decoded text.
  func text(in bytes: [UInt8]) -> String {
    if isPlain { return String(decoding: bytes[contents], as: UTF8.self) }
    // Decoded text is never longer than its spelling. The buffer has room for `contents.count` bytes, and `count`
    // stops there.
    return String(unsafeUninitializedCapacity: contents.count) { buffer in
      var decoded = DecodedText(self)
      var count = 0
      let input = bytes.span
      while count < buffer.count, let byte = decoded.next(in: input) {
        buffer[count] = byte
        count += 1
      }
      return count
    }
  }
}
