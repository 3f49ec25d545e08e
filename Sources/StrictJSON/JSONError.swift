/// Why a document was refused, and where. Its description says nothing of the document's contents, so it may be logged.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was wrong; the raw value is what ``description`` says.
  public enum Reason: String, CaseIterable, Sendable {
    /// The document ends inside a value, or has none.
    case unexpectedEnd = "unexpected end"
    /// A byte that the grammar does not have here (RFC 8259, section 2).
    case unexpectedByte = "unexpected byte"
    /// Something other than white space after the document's value.
    case trailingBytes = "trailing bytes"
    /// U+FEFF before the document (RFC 8259, section 8.1).
    case byteOrderMark = "byte order mark"
    /// Bytes that are no UTF-8 by RFC 3629: overlong, a surrogate, above U+10FFFF, cut or stray.
    case invalidUTF8 = "invalid UTF-8"
    /// An unescaped character below U+0020 in a string.
    case controlCharacter = "control character"
    /// A backslash before something that RFC 8259, section 7 does not name.
    case badEscape = "bad escape"
    /// A `\u` escape of one half of a surrogate pair without the other.
    case loneSurrogate = "lone surrogate"
    /// `\u0000`.
    case nul = "NUL"
    /// A number that does not follow RFC 8259, section 6.
    case badNumber = "bad number"
    /// A number of more than 64 characters, none of which any `Double` or `Int64` needs.
    case numberTooLong = "number too long"
    /// A number that is infinite as a `Double`.
    case numberOutOfRange = "number out of range"
    /// Two keys of one object that are the same once their escapes are decoded.
    case duplicateKey = "duplicate key"
    /// More than ``JSONLimits/maximumBytes``.
    case tooLarge = "too large"
    /// More than ``JSONLimits/maximumDepth``.
    case tooDeep = "too deep"
    /// More than ``JSONLimits/maximumMembers``.
    case tooManyMembers = "too many members"
    /// More than ``JSONLimits/maximumNodes``.
    case tooManyNodes = "too many nodes"
  }

  /// What was wrong.
  public let reason: Reason
  /// Where, in bytes from the document's start: the first byte that could not stand, or the start of the escape,
  /// character, number or key that could not.
  public let offset: Int

  /// The key, decoded, in whose value the fault lies, or which is there twice. Nil where the fault lies in the
  /// document's structure or before any key.
  public let key: String?

  init(_ reason: Reason, at offset: Int, key: String? = nil) {
    self.reason = reason
    self.offset = offset
    self.key = key
  }

  /// Whether the fault lies in a string, a number or a key and not in the structure around them.
  var isOfAValue: Bool {
    switch reason {
    case .invalidUTF8, .controlCharacter, .badEscape, .loneSurrogate, .nul, .badNumber, .numberTooLong,
      .numberOutOfRange, .duplicateKey:
      true
    case .unexpectedEnd, .unexpectedByte, .trailingBytes, .byteOrderMark, .tooLarge, .tooDeep, .tooManyMembers,
      .tooManyNodes:
      false
    }
  }

  /// "<reason> at byte <offset>".
  public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
