import StrictJSON

/// What is read of a JWS header (RFC 7515 §4.1).
///
/// `jwk`, `jku`, `x5u` and `x5c` are not: a token does not choose its own key. Nor is anything else that is not named
/// here, which the RFC asks to ignore.
struct JWSHeader {
  /// `alg`.
  let algorithm: Algorithm
  /// `kid`, as sent.
  let keyID: String?
  /// `typ`, as sent.
  let type: String?
  /// `cty`, as sent.
  let contentType: String?

  init(_ bytes: [UInt8]) throws(TokenRefusal) {
    let limits = JSONLimits(maximumBytes: 4_096, maximumDepth: 8, maximumMembers: 32, maximumNodes: 512)
    let json: JSON
    do { json = try JSON.parse(bytes, limits: limits) } catch {
      throw TokenRefusal(.malformedHeader, detail: error.description)
    }
    guard json.kind == .object else { throw TokenRefusal(.malformedHeader) }
    guard json["crit"] == nil else { throw TokenRefusal(.criticalExtension) }
    guard json["b64"] == nil else { throw TokenRefusal(.unencodedPayload) }
    guard let stated = json["alg"] else { throw TokenRefusal(.algorithmMissing) }
    guard let algorithm = stated.string.flatMap(Algorithm.init(name:)) else { throw TokenRefusal(.algorithmUnknown) }
    self.algorithm = algorithm
    keyID = try Self.string("kid", of: json)
    type = try Self.string("typ", of: json)
    contentType = try Self.string("cty", of: json)
  }

  private static func string(_ name: String, of json: JSON) throws(TokenRefusal) -> String? {
    guard let value = json[name] else { return nil }
    guard let text = value.string else { throw TokenRefusal(.malformedHeader) }
    return text
  }

  /// Whether two media types are the same: case does not count, and `application/` may be left out where no other slash
  /// is (RFC 7515 §4.1.9).
  static func isSameMediaType(_ one: String, _ other: String) -> Bool { mediaType(one) == mediaType(other) }

  private static func mediaType(_ text: String) -> [UInt8] {
    // ASCII case alone, so that no other letter folds onto one of these.
    let lowercase = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    return lowercase.contains(UInt8(ascii: "/")) ? lowercase : Array("application/".utf8) + lowercase
  }
}
