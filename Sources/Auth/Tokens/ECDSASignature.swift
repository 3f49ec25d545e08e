import COpenSSL

/// The two forms of an ECDSA signature: a JWS has r and s side by side in the width of the field (P1363, RFC 7518 §3.4),
/// OpenSSL reads DER.
enum ECDSASignature {
  /// The DER form; nil unless r and s have the width of `order` and lie in 1…n−1. Zero for both verifies anything in a
  /// careless library (CVE-2022-21449), and r + n is a second spelling of r.
  static func der(fromP1363 signature: [UInt8], order: [UInt8]) -> [UInt8]? {
    let width = order.count
    guard width > 0, signature.count == 2 * width else { return nil }
    let r = signature.prefix(width)
    let s = signature.suffix(width)
    // Of one width, so that bytes compare as numbers do. A signature is no secret: no constant time is needed.
    for number in [r, s] {
      guard number.contains(where: { $0 != 0 }), number.lexicographicallyPrecedes(order) else { return nil }
    }
    guard let pair = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(pair) }
    let rNumber = BN_bin2bn(Array(r), Int32(width), nil)
    let sNumber = BN_bin2bn(Array(s), Int32(width), nil)
    // The pair owns both from here on, unless it refuses them, which it does only where one is nil.
    guard ECDSA_SIG_set0(pair, rNumber, sNumber) == 1 else {
      BN_free(rNumber)
      BN_free(sNumber)
      return nil
    }
    let size = i2d_ECDSA_SIG(pair, nil)
    guard size > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    let written = bytes.withUnsafeMutableBufferPointer { buffer in
      // i2d moves the pointer it is given, so it gets a copy.
      var end = buffer.baseAddress
      return i2d_ECDSA_SIG(pair, &end)
    }
    return written == size ? bytes : nil
  }

  /// The P1363 form of what OpenSSL signed; `width` is that of the field, in bytes.
  static func p1363(fromDER signature: [UInt8], width: Int) -> [UInt8]? {
    let pair = signature.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return d2i_ECDSA_SIG(nil, &start, buffer.count)
    }
    guard let pair else { return nil }
    defer { ECDSA_SIG_free(pair) }
    var bytes = [UInt8](repeating: 0, count: 2 * width)
    let isWritten = bytes.withUnsafeMutableBufferPointer { buffer -> Bool in
      guard let start = buffer.baseAddress else { return false }
      return BN_bn2binpad(ECDSA_SIG_get0_r(pair), start, Int32(width)) == Int32(width)
        && BN_bn2binpad(ECDSA_SIG_get0_s(pair), start + width, Int32(width)) == Int32(width)
    }
    return isWritten ? bytes : nil
  }
}
