import NIOCore

/// The head of a request (RFC 9112, sections 2 to 5), read once and more strictly than the RFC asks: what two readers could
/// take differently is refused.
///
/// One space between the parts of the first line, names of plain token characters with the colon right behind them, no
/// folded line, no control character but a tab within a value. Names and values stay bytes until they are asked for.
struct HTTPHead {
  enum Method {
    case get
    case post
    case other
  }

  /// One header: places in ``bytes``.
  private struct Field {
    var name: Range<Int>
    var value: Range<Int>
    /// Whether white space stood behind the value.
    var isPadded: Bool
  }

  let method: Method
  /// Whether it is one of HTTP/1.1; else it is one of HTTP/1.0.
  let isHTTP11: Bool
  private let target: Range<Int>
  private let fields: [Field]
  private let bytes: ByteBuffer

  /// Reads `bytes`, which end with the first empty line; ``HTTPHeadScanner`` has found it and looked for control characters.
  init(_ bytes: ByteBuffer, maximumFields: Int) throws(HTTPRefusal) {
    let span = bytes.readableBytesUInt8Span
    var reader = Reader()
    method = try reader.method(span)
    target = try reader.target(span)
    isHTTP11 = try reader.isHTTP11(span)
    var fields: [Field] = []
    fields.reserveCapacity(min(16, maximumFields))
    while let field = try reader.field(span) {
      guard fields.count < maximumFields else { throw .headTooLarge }
      fields.append(field)
    }
    self.fields = fields
    self.bytes = bytes
  }

  /// What is asked for, as it was sent: of visible ASCII.
  var path: String { text(target) }

  /// Whether `path` is what is asked for.
  func asks(for path: [UInt8]) -> Bool {
    guard target.count == path.count else { return false }
    let span = bytes.readableBytesUInt8Span
    for (place, byte) in zip(target, path) where span[place] != byte { return false }
    return true
  }

  /// Whether there is a header `name`, which is in lower case.
  func has(_ name: String) -> Bool {
    switch place(of: name) {
    case .absent: false
    case .one, .several: true
    }
  }

  /// Whether a header `name` stands once and white space stands behind its value, which readers have taken as a part of it.
  func isPadded(_ name: String) -> Bool {
    guard case .one(let place) = place(of: name) else { return false }
    return fields[place].isPadded
  }

  /// Whether a list in headers of `name` has the entry `entry`; both in lower case.
  func lists(_ entry: String, in name: String) -> Bool {
    let span = bytes.readableBytesUInt8Span
    return fields.contains { field in
      guard Self.isSame(span, field.name, name) else { return false }
      return text(field.value).split(separator: ",").contains { part in
        let part = part.utf8.drop { $0 == 0x20 || $0 == 0x09 }.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
        return String(decoding: part, as: UTF8.self).isSameASCII(as: entry)
      }
    }
  }

  private enum Place {
    case absent
    case one(Int)
    case several
  }

  private func place(of name: String) -> Place {
    let span = bytes.readableBytesUInt8Span
    var found: Int?
    for place in fields.indices where Self.isSame(span, fields[place].name, name) {
      guard found == nil else { return .several }
      found = place
    }
    return found.map(Place.one) ?? .absent
  }

  private func text(_ range: Range<Int>) -> String {
    // The range is one of the head's, so there always is one.
    bytes.getString(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ""
  }

  /// Whether the bytes in `range` are `name` but for the case of ASCII letters.
  private static func isSame(_ bytes: Span<UInt8>, _ range: Range<Int>, _ name: String) -> Bool {
    let name = name.utf8.span
    guard range.count == name.count else { return false }
    for offset in 0..<name.count {
      guard lowercased(bytes[range.lowerBound + offset]) == lowercased(name[offset]) else { return false }
    }
    return true
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
  }
}

extension HTTPHead: HookHeaders {
  func only(_ name: String) -> HeaderField {
    switch place(of: name) {
    case .absent: .absent
    case .one(let place): .one(text(fields[place].value))
    case .several: .several
    }
  }
}

extension HTTPHead {
  /// Goes through a head's bytes, of which the last four are CR LF CR LF: no loop here runs past a CR.
  private struct Reader {
    private var place = 0

    /// The method and the space behind it. No method of lower-case letters or signs is known anywhere here.
    mutating func method(_ bytes: Span<UInt8>) throws(HTTPRefusal) -> Method {
      let start = place
      while place < bytes.count, UInt8(ascii: "A")...UInt8(ascii: "Z") ~= bytes[place] { place += 1 }
      let method: Method =
        if isText("GET", from: start, bytes) { .get } else if isText("POST", from: start, bytes) { .post } else {
          .other
        }
      guard place > start else { throw .malformed }
      try skip(UInt8(ascii: " "), bytes)
      return method
    }

    /// The target and the space behind it.
    mutating func target(_ bytes: Span<UInt8>) throws(HTTPRefusal) -> Range<Int> {
      let start = place
      while place < bytes.count, 0x21...0x7E ~= bytes[place] { place += 1 }
      guard place > start else { throw .malformed }
      defer { place += 1 }
      guard place < bytes.count, bytes[place] == UInt8(ascii: " ") else { throw .malformed }
      return start..<place
    }

    /// The version and its line's end: false for HTTP/1.0.
    mutating func isHTTP11(_ bytes: Span<UInt8>) throws(HTTPRefusal) -> Bool {
      let start = place
      place = min(place + 8, bytes.count)
      let isHTTP11 = isText("HTTP/1.1", from: start, bytes)
      guard isHTTP11 || isText("HTTP/1.0", from: start, bytes) else { throw .malformed }
      try endLine(bytes)
      return isHTTP11
    }

    /// The next header and its line's end; nil at the empty line.
    mutating func field(_ bytes: Span<UInt8>) throws(HTTPRefusal) -> Field? {
      let start = place
      guard place < bytes.count else { throw .malformed }
      if bytes[place] == 0x0D { return nil }
      while place < bytes.count, Self.mayStandInName(bytes[place]) { place += 1 }
      let name = start..<place
      guard !name.isEmpty else { throw .malformed }
      try skip(UInt8(ascii: ":"), bytes)
      while place < bytes.count, isSpace(bytes[place]) { place += 1 }
      let valueStart = place
      while place < bytes.count, bytes[place] != 0x0D { place += 1 }
      var end = place
      while end > valueStart, isSpace(bytes[end - 1]) { end -= 1 }
      let isPadded = end < place
      try endLine(bytes)
      return Field(name: name, value: valueStart..<end, isPadded: isPadded)
    }

    private mutating func endLine(_ bytes: Span<UInt8>) throws(HTTPRefusal) {
      try skip(0x0D, bytes)
      try skip(0x0A, bytes)
    }

    private mutating func skip(_ byte: UInt8, _ bytes: Span<UInt8>) throws(HTTPRefusal) {
      guard place < bytes.count, bytes[place] == byte else { throw .malformed }
      place += 1
    }

    private func isText(_ text: StaticString, from start: Int, _ bytes: Span<UInt8>) -> Bool {
      guard place - start == text.utf8CodeUnitCount else { return false }
      // The pointer is of a literal, and used in the loop alone.
      for offset in 0..<text.utf8CodeUnitCount where bytes[start + offset] != text.utf8Start[offset] { return false }
      return true
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The characters of a token (RFC 9110, section 5.6.2).
    private static func mayStandInName(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "!"),
        UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
        UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "`"),
        UInt8(ascii: "|"), UInt8(ascii: "~"):
        true
      default: false
      }
    }
  }
}
