/// A JSON Web Signature in compact form, `header.payload.signature` (RFC 7515 §3.1).
public enum JWS {
  /// The longest text that is looked at unless told otherwise, in bytes.
  public static let defaultMaximumBytes = 8_192

  /// The payload of `compact`, whatever it is, once its signature has been verified with the key its header names.
  public static func verify(
    _ compact: [UInt8], keys: KeySet, maximumBytes: Int = defaultMaximumBytes
  ) throws(TokenRefusal) -> [UInt8] {
    try open(compact, keys: keys, maximumBytes: maximumBytes).payload
  }

  /// Header and payload of `compact`, once its signature has been verified.
  static func open(
    _ compact: [UInt8], keys: KeySet, maximumBytes: Int
  ) throws(TokenRefusal) -> (header: JWSHeader, payload: [UInt8]) {
    guard compact.count <= maximumBytes else { throw TokenRefusal(.tooLarge) }
    let dot = UInt8(ascii: ".")
    guard let first = compact.firstIndex(of: dot), let last = compact.lastIndex(of: dot), first < last,
      !compact[(first + 1)..<last].contains(dot)
    else { throw TokenRefusal(.wrongPartCount) }

    let header = try JWSHeader(decode(compact[..<first]))
    let key = try keys.key(id: header.keyID)
    // Compared before anything is calculated: an HMAC over a public key is one of a wrong type, not a wrong one.
    guard key.allows(header.algorithm) else { throw TokenRefusal(.algorithmMismatch) }
    let payload = try decode(compact[(first + 1)..<last])
    let signature = try decode(compact[(last + 1)...])
    guard key.verifies(signature, of: compact[..<last], by: header.algorithm) else {
      throw TokenRefusal(.signatureMismatch)
    }
    return (header, payload)
  }

  private static func decode(_ part: ArraySlice<UInt8>) throws(TokenRefusal) -> [UInt8] {
    guard let bytes = Base64URL.decode(part) else { throw TokenRefusal(.malformedEncoding) }
    return bytes
  }
}
