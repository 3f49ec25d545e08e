/// Writes JSON text, compact, commas and colons included.
///
/// What belongs together is the caller's to keep: every begin with its end, in an object a key before each value.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public internal(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// An empty text with room for `capacity` bytes.
  public init(capacity: Int = 0) { bytes.reserveCapacity(max(0, capacity)) }

  /// Begins an object, as a value.
  public mutating func beginObject() { begin(UInt8(ascii: "{")) }

  /// Ends the object begun last.
  public mutating func endObject() { end(UInt8(ascii: "}")) }

  /// Begins an array, as a value.
  public mutating func beginArray() { begin(UInt8(ascii: "[")) }

  /// Ends the array begun last.
  public mutating func endArray() { end(UInt8(ascii: "]")) }

  /// A member's key; its value comes next.
  public mutating func key(_ key: StaticString) {
    separate()
    key.withUTF8Buffer { quote($0) }
    colon()
  }

  /// A member's key; its value comes next.
  public mutating func key(_ key: String) {
    separate()
    quote(key)
    colon()
  }

  /// A string. Escapes what JSON must (`"`, `\`, control characters), and U+2028 and U+2029, which older JavaScript
  /// takes for line ends.
  public mutating func string(_ text: String) {
    separate()
    quote(text)
  }

  /// A whole number, of any size; readers other than this module may round it beyond 53 bits.
  public mutating func integer(_ value: some FixedWidthInteger) {
    separate()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// `true` or `false`.
  public mutating func bool(_ value: Bool) {
    separate()
    append(value ? "true" : "false")
  }

  /// `null`.
  public mutating func null() {
    separate()
    append("null")
  }

  /// A value that is JSON text already, such as ``JSON/rawBytes``; written as it is.
  public mutating func raw(_ json: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func colon() {
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func append(_ ascii: StaticString) {
    ascii.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }
}
