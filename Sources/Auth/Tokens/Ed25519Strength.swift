import COpenSSL

/// Which Ed25519 keys are refused.
enum Ed25519Strength {
  /// Throws for a public key of small order: a buffer of zeros is one. For such a key a signature can be made by
  /// anybody, and OpenSSL verifies it (RFC 8032 §8.9 leaves the check to the application).
  static func check(_ key: OpaquePointer) throws(KeyError) {
    var point = [UInt8](repeating: 0, count: 32)
    var length = point.count
    guard EVP_PKEY_get_raw_public_key(key, &point, &length) == 1, length == point.count else {
      throw KeyError.library()
    }
    // The highest bit is the sign of x. Both points of such a y are of small order.
    point[31] &= 0x7F
    guard !isSmallOrder(point) else { throw KeyError(.pointOfSmallOrder) }
  }

  /// The y of the eight points whose order divides 8, little-endian, with 0 and 1 also in their second spelling p, p + 1.
  private static func isSmallOrder(_ y: [UInt8]) -> Bool {
    let middle = y[1..<31]
    if middle.allSatisfy({ $0 == 0x00 }), y[31] == 0x00, y[0] <= 1 { return true }
    if middle.allSatisfy({ $0 == 0xFF }), y[31] == 0x7F, y[0] >= 0xEC { return true }
    return ordersOfEight.contains(y)
  }

  private static let ordersOfEight: [[UInt8]] = [
    [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
      0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
    ],
    [
      0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
      0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
    ],
  ]
}
