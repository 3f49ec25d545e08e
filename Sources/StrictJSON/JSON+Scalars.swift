extension JSON {
  /// A string's text with its escapes decoded; nil if the value is no string.
  public var string: String? {
    let node = node
    return node.kind == .string ? node.text(in: document.bytes) : nil
  }

  /// Whether the value is a string of this text. Compares bytes, without decoding into memory.
  public func isString(_ text: StaticString) -> Bool {
    let node = node
    guard node.kind == .string else { return false }
    let bytes = document.bytes
    // The span is used inside the closure alone.
    return text.withUTF8Buffer { node.hasText($0.span, in: bytes.span) }
  }

  /// A whole number: spelled without fraction and exponent, in `Int64`'s range, and not `-0`; else nil.
  public var integer: Int64? {
    let node = node
    guard node.kind == .number, node.isPlain else { return nil }
    let bytes = document.bytes
    let input = bytes.span
    let isNegative = input[Int(node.start)] == UInt8(ascii: "-")
    var value: Int64 = 0
    // Counted downwards, since Int64.min has no positive counterpart.
    for index in Int(node.start) + (isNegative ? 1 : 0)..<Int(node.end) {
      let product = value.multipliedReportingOverflow(by: 10)
      let sum = product.partialValue.subtractingReportingOverflow(Int64(input[index] - UInt8(ascii: "0")))
      guard !product.overflow, !sum.overflow else { return nil }
      value = sum.partialValue
    }
    guard !isNegative else { return value == 0 ? nil : value }
    return value == .min ? nil : -value
  }

  /// A number as the nearest `Double`, always finite; nil if the value is no number. Too small a number is 0.
  public var double: Double? {
    let node = node
    guard node.kind == .number else { return nil }
    if let integer { return Double(integer) }
    let bytes = document.bytes
    return finiteDouble(bytes.span.extracting(Int(node.start)..<Int(node.end)))
  }

  /// `true` or `false`; nil if the value is neither.
  public var bool: Bool? {
    switch kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// Whether the value is `null`.
  public var isNull: Bool { kind == .null }
}
