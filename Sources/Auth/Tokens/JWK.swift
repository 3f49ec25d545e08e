import StrictJSON

/// Reads one JSON Web Key (RFC 7517 §4). To verify, of private members only the presence is looked at: a key pair gives
/// its public half, but for one that was published.
enum JWK {
  /// The key for verifying that `jwk` describes; throws why it cannot be used. `allowed` are the algorithms the
  /// configuration permits.
  static func key(
    from jwk: JSON, allowed: Set<Algorithm>, isPublished: Bool = false
  ) throws(KeyError) -> VerificationKey {
    let type = try type(of: jwk)
    // `d` is what every private key of these types has (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2).
    guard !isPublished || jwk["d"] == nil else { throw KeyError(.privateKeyPublished) }
    try check(jwk, isFor: "verify", else: .notForVerifying)
    let id = try id(of: jwk)
    let algorithms = try algorithms(of: jwk, type: type, allowed: allowed)
    switch type {
    case .secret:
      guard let algorithm = algorithms.first else { throw KeyError(.algorithmMissing) }
      return try VerificationKey(secret: bytes("k", of: jwk), algorithm: algorithm, id: id)
    case .rsa:
      let key = try EVPKey(rsaModulus: number("n", of: jwk), exponent: number("e", of: jwk))
      return try VerificationKey(key, algorithms: algorithms, id: id)
    case .p256: return try VerificationKey(curveKey("P-256", width: 32, of: jwk), algorithms: algorithms, id: id)
    case .p384: return try VerificationKey(curveKey("P-384", width: 48, of: jwk), algorithms: algorithms, id: id)
    case .p521: return try VerificationKey(curveKey("P-521", width: 66, of: jwk), algorithms: algorithms, id: id)
    case .ed25519:
      return try VerificationKey(EVPKey(ed25519: bytes("x", of: jwk)), algorithms: algorithms, id: id)
    }
  }

  static func type(of jwk: JSON) throws(KeyError) -> KeyType {
    guard jwk.kind == .object, let type = jwk["kty"] else { throw KeyError(.malformedKey) }
    if type.isString("oct") { return .secret }
    if type.isString("RSA") { return .rsa }
    let isCurve = type.isString("EC")
    guard isCurve || type.isString("OKP") else { throw KeyError(.typeUnknown) }
    guard let curve = jwk["crv"] else { throw KeyError(.malformedKey) }
    if isCurve, curve.isString("P-256") { return .p256 }
    if isCurve, curve.isString("P-384") { return .p384 }
    if isCurve, curve.isString("P-521") { return .p521 }
    if !isCurve, curve.isString("Ed25519") { return .ed25519 }
    throw KeyError(.curveUnknown)
  }

  /// The bytes of `kid`; nil where there is none.
  static func id(of jwk: JSON) throws(KeyError) -> [UInt8]? {
    guard let id = jwk["kid"] else { return nil }
    guard let text = id.string else { throw KeyError(.malformedKey) }
    return try KeySet.checkedID(text)
  }

  /// Throws where `use` or `key_ops` don't let the key do `operation`.
  static func check(_ jwk: JSON, isFor operation: StaticString, else reason: KeyError.Reason) throws(KeyError) {
    if let use = jwk["use"], !use.isString("sig") { throw KeyError(.notForSignatures) }
    guard let operations = jwk["key_ops"] else { return }
    guard let operations = operations.elements else { throw KeyError(.malformedKey) }
    guard operations.contains(where: { $0.isString(operation) }) else { throw KeyError(reason) }
  }

  /// What `alg` says; without it, what the type leaves of the allowed ones: one for a curve, the RSA ones for RSA.
  static func algorithms(
    of jwk: JSON, type: KeyType, allowed: Set<Algorithm>
  ) throws(KeyError) -> [Algorithm] {
    guard let stated = jwk["alg"] else {
      guard type != .secret else { throw KeyError(.algorithmMissing) }
      let candidates = Algorithm.allCases.filter { $0.keyType == type && allowed.contains($0) }
      guard !candidates.isEmpty else { throw KeyError(.algorithmNotAllowed) }
      return candidates
    }
    guard let algorithm = stated.string.flatMap(Algorithm.init(name:)) else { throw KeyError(.algorithmUnknown) }
    guard algorithm.keyType == type else { throw KeyError(.algorithmMismatch) }
    guard allowed.contains(algorithm) else { throw KeyError(.algorithmNotAllowed) }
    return [algorithm]
  }

  static func bytes(_ name: String, of jwk: JSON) throws(KeyError) -> [UInt8] {
    guard let text = jwk[name]?.string, let bytes = Base64URL.decode(text.utf8) else { throw KeyError(.malformedKey) }
    return bytes
  }

  /// A Base64urlUInt: big-endian, without a leading zero byte (RFC 7518 §2).
  static func number(_ name: String, of jwk: JSON) throws(KeyError) -> [UInt8] {
    let bytes = try bytes(name, of: jwk)
    guard let first = bytes.first, first != 0 else { throw KeyError(.malformedKey) }
    return bytes
  }

  private static func curveKey(_ curve: String, width: Int, of jwk: JSON) throws(KeyError) -> EVPKey {
    try EVPKey(curve: curve, uncompressedPoint: point(width: width, of: jwk))
  }

  /// 04 x y. Both coordinates have the full width of the field (RFC 7518 §6.2.1.2).
  static func point(width: Int, of jwk: JSON) throws(KeyError) -> [UInt8] {
    let x = try bytes("x", of: jwk)
    let y = try bytes("y", of: jwk)
    guard x.count == width, y.count == width else { throw KeyError(.malformedKey) }
    return [4] + x + y
  }
}
