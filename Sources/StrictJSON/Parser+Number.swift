extension Parser {
  /// The number whose first character, a minus or a digit, the parser stands at (RFC 8259, section 6).
  mutating func number(_ input: Span<UInt8>) throws(JSONError) -> Node {
    let start = position
    if input[position] == UInt8(ascii: "-") { position += 1 }
    let integer = position
    try digits(input)
    if position - integer > 1, input[integer] == UInt8(ascii: "0") { throw JSONError(.badNumber, at: start) }
    var isPlain = true
    var exponentLength = 0
    if position < input.count, input[position] == UInt8(ascii: ".") {
      isPlain = false
      position += 1
      try digits(input)
    }
    if position < input.count, input[position] | 0x20 == UInt8(ascii: "e") {
      isPlain = false
      position += 1
      if position < input.count, input[position] == UInt8(ascii: "+") || input[position] == UInt8(ascii: "-") {
        position += 1
      }
      let exponent = position
      try digits(input)
      exponentLength = position - exponent
    }
    guard position - start <= limits.maximumNumberLength else { throw JSONError(.numberTooLong, at: start) }
    // 64 digits and an exponent of 99 are far from a Double's 309 digits.
    if exponentLength > 2 || position - start > 64, finiteDouble(input.extracting(start..<position)) == nil {
      throw JSONError(.numberOutOfRange, at: start)
    }
    return leaf(.number, from: start, isPlain: isPlain)
  }

  /// One digit or more.
  private mutating func digits(_ input: Span<UInt8>) throws(JSONError) {
    let start = position
    while position < input.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= input[position] { position += 1 }
    guard position > start else {
      throw JSONError(position == input.count ? .unexpectedEnd : .badNumber, at: position)
    }
  }
}

/// The value of a number's text, the nearest `Double`; nil where that is infinite.
func finiteDouble(_ text: Span<UInt8>) -> Double? {
  // The pointer is used inside the closure alone; the text has been checked to be ASCII of JSON's grammar.
  let value = text.withUnsafeBufferPointer { Double(String(decoding: $0, as: UTF8.self)) }
  guard let value, value.isFinite else { return nil }
  return value
}
