import Glibc

/// JSON text of a database's values, spelled as PostgreSQL spells them in SQL, byte for byte.
struct ReplyText {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// What is JSON already.
  mutating func append(_ json: StaticString) {
    json.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// What is JSON already, or needs no escape. Uses the buffer during the call alone.
  mutating func append(_ json: UnsafeRawBufferPointer) { bytes.append(contentsOf: json) }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Forgets what was written after the first `count` bytes.
  mutating func cut(to count: Int) { bytes.removeLast(max(0, bytes.count - count)) }

  /// A string as `to_json` spells a text: with escapes for what JSON demands and for nothing else. Uses the buffer, which
  /// is UTF-8, during the call alone.
  mutating func append(quoting text: UnsafeRawBufferPointer) {
    bytes.append(UInt8(ascii: "\""))
    var copied = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: text[copied..<index])
      escape(byte)
      copied = index + 1
    }
    bytes.append(contentsOf: text[copied...])
    bytes.append(UInt8(ascii: "\""))
  }

  /// A whole number.
  mutating func append(_ number: Int64) {
    guard number >= 0, number < 10 else {
      bytes.append(contentsOf: String(number).utf8)
      return
    }
    bytes.append(UInt8(ascii: "0") + UInt8(number))
  }

  /// A uuid's 16 bytes with its hyphens; of another length as many bytes as there are. Uses the buffer during the call alone.
  mutating func append(uuid: UnsafeRawBufferPointer) {
    for (place, byte) in uuid.enumerated() {
      if place == 4 || place == 6 || place == 8 || place == 10 { bytes.append(UInt8(ascii: "-")) }
      bytes.append(Self.digit(byte >> 4))
      bytes.append(Self.digit(byte & 0xF))
    }
  }

  /// A uuid alone, not in quotes.
  static func text(uuid: UnsafeRawBufferPointer) -> String {
    var text = ReplyText(capacity: 36)
    text.append(uuid: uuid)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// Whether `microseconds` is a moment in time, and not PostgreSQL's infinity, of which `proxyhooks.utc` makes NULL.
  static func isMoment(_ microseconds: Int64) -> Bool { microseconds != .min && microseconds != .max }

  /// A moment as `proxyhooks.utc` spells it, in quotes: UTC, cut to milliseconds.
  ///
  /// - Parameter microseconds: since the start of 2000, as PostgreSQL counts them.
  mutating func append(moment microseconds: Int64) {
    let (seconds, fraction) = Self.floored(microseconds, by: 1_000_000)
    // 946 684 800 s lie between the start of 1970 and that of 2000, leap seconds aside, which neither counts.
    var (time, fields) = (time_t(seconds + 946_684_800), tm())
    gmtime_r(&time, &fields)
    let year = fields.tm_year + 1_900
    bytes.append(UInt8(ascii: "\""))
    // Before the year 1 PostgreSQL counts on from 1 again, backwards.
    append(digits: year > 0 ? year : 1 - year, width: 1_000)
    bytes.append(UInt8(ascii: "-"))
    append(digits: fields.tm_mon + 1, width: 10)
    bytes.append(UInt8(ascii: "-"))
    append(digits: fields.tm_mday, width: 10)
    bytes.append(UInt8(ascii: "T"))
    append(digits: fields.tm_hour, width: 10)
    bytes.append(UInt8(ascii: ":"))
    append(digits: fields.tm_min, width: 10)
    bytes.append(UInt8(ascii: ":"))
    append(digits: fields.tm_sec, width: 10)
    bytes.append(UInt8(ascii: "."))
    append(digits: Int32(fraction / 1_000), width: 100)
    append("Z\"")
  }

  /// A number that is not negative, with zeros before it where it is below `width`, a power of ten.
  private mutating func append(digits number: Int32, width: Int32) {
    var (rest, divisor) = (number, width)
    while rest / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case ..<0x20:
      append(byte < 0x10 ? "u000" : "u001")
      bytes.append(Self.digit(byte & 0xF))
    default: bytes.append(byte)
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// Divided towards the past, with what remains.
  private static func floored(_ value: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}
