import StrictJSON

extension JWK {
  /// The key for signing that `jwk` describes; throws why it cannot be used.
  static func signingKey(from jwk: JSON) throws(KeyError) -> SigningKey {
    let type = try type(of: jwk)
    try check(jwk, isFor: "sign", else: .notForSigning)
    let id = try id(of: jwk).map { String(decoding: $0, as: UTF8.self) }
    let algorithms = try algorithms(of: jwk, type: type, allowed: Set(Algorithm.allCases))
    // Bound by `alg`, or by the type where it leaves one.
    let algorithm = algorithms.count == 1 ? algorithms.first : nil
    return SigningKey(try material(of: jwk, type), algorithm: algorithm, id: id)
  }

  private static func material(of jwk: JSON, _ type: KeyType) throws(KeyError) -> SigningKey.Material {
    if type == .secret { return .secret(try bytes("k", of: jwk)) }
    guard jwk["d"] != nil else { throw KeyError(.privatePartMissing) }
    return .asymmetric(try privateKey(of: jwk, type))
  }

  private static func privateKey(of jwk: JSON, _ type: KeyType) throws(KeyError) -> EVPKey {
    switch type {
    case .p256: return try curvePair("P-256", width: 32, of: jwk)
    case .p384: return try curvePair("P-384", width: 48, of: jwk)
    case .p521: return try curvePair("P-521", width: 66, of: jwk)
    case .ed25519: return try EVPKey(ed25519: bytes("x", of: jwk), seed: bytes("d", of: jwk))
    case .rsa:
      // More than two primes (RFC 7518 §6.3.2.7): nobody makes them.
      guard jwk["oth"] == nil else { throw KeyError(.malformedKey) }
      return try EVPKey(
        rsaModulus: number("n", of: jwk), exponent: number("e", of: jwk),
        pair: RSAPrivateNumbers(
          d: number("d", of: jwk), p: number("p", of: jwk), q: number("q", of: jwk), dp: number("dp", of: jwk),
          dq: number("dq", of: jwk), qi: number("qi", of: jwk)))
    case .secret: throw KeyError(.typeUnknown)
    }
  }

  /// `d` has the width of the field too: on the curves in use the order is as wide (RFC 7518 §6.2.2.1).
  private static func curvePair(_ curve: String, width: Int, of jwk: JSON) throws(KeyError) -> EVPKey {
    let scalar = try bytes("d", of: jwk)
    guard scalar.count == width else { throw KeyError(.malformedKey) }
    return try EVPKey(curve: curve, uncompressedPoint: point(width: width, of: jwk), scalar: scalar)
  }
}
