import COpenSSL

/// An asymmetric key of a type this service knows, checked once, owned until freed.
///
/// `@unchecked Sendable` is right because the `EVP_PKEY` is only read after `init`, which openssl-threads(7) allows from
/// any number of threads: each call has a context of its own, and what OpenSSL caches inside a key it guards with the
/// key's own lock.
final class EVPKey: @unchecked Sendable {
  /// Type and curve.
  let type: KeyType
  /// Size of a signature, in bytes: for ECDSA both numbers of the P1363 form.
  let signatureSize: Int
  /// The order n of an elliptic curve's group, big-endian, as wide as the field; empty for other types.
  let order: [UInt8]
  /// The `EVP_PKEY`.
  let pointer: OpaquePointer

  /// Takes over `pointer`, also where it throws.
  init(owning pointer: OpaquePointer) throws(KeyError) {
    do throws(KeyError) {
      type = try Self.type(of: pointer)
      switch type {
      case .rsa:
        try RSAStrength.check(pointer)
        order = []
        signatureSize = Int(EVP_PKEY_get_size(pointer))
      case .p256, .p384, .p521:
        order = try Self.order(of: pointer)
        signatureSize = 2 * order.count
      case .ed25519:
        try Ed25519Strength.check(pointer)
        order = []
        signatureSize = 64
      case .secret:
        throw KeyError(.typeUnknown)
      }
      // What is left to OpenSSL: the point lies on its curve, the modulus is odd and composite.
      guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { throw KeyError.library() }
      defer { EVP_PKEY_CTX_free(context) }
      guard EVP_PKEY_public_check(context) == 1 else { throw KeyError.library(.keyInvalid) }
    } catch {
      EVP_PKEY_free(pointer)
      throw error
    }
    self.pointer = pointer
  }

  deinit { EVP_PKEY_free(pointer) }

  private static func type(of key: OpaquePointer) throws(KeyError) -> KeyType {
    if EVP_PKEY_is_a(key, "RSA") == 1 { return .rsa }
    if EVP_PKEY_is_a(key, "ED25519") == 1 { return .ed25519 }
    guard EVP_PKEY_is_a(key, "EC") == 1 else { throw KeyError(.typeUnknown) }
    var isExplicit: Int32 = 0
    // Parameters spelled out can name a known curve and yet differ from it (CVE-2020-0601).
    guard EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &isExplicit) == 1 else {
      throw KeyError.library()
    }
    guard isExplicit == 0 else { throw KeyError(.curveUnknown) }
    var name = [CChar](repeating: 0, count: 64)
    var length = 0
    guard EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, &name, name.count, &length) == 1 else {
      throw KeyError.library(.curveUnknown)
    }
    switch String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) {
    case "prime256v1", "P-256": return .p256
    case "secp384r1", "P-384": return .p384
    case "secp521r1", "P-521": return .p521
    default: throw KeyError(.curveUnknown)
    }
  }

  private static func order(of key: OpaquePointer) throws(KeyError) -> [UInt8] {
    let bytes = try BigNumber(parameter: OSSL_PKEY_PARAM_EC_ORDER, of: key).bytes
    guard bytes.count == (Int(EVP_PKEY_get_bits(key)) + 7) / 8 else { throw KeyError(.curveUnknown) }
    return bytes
  }
}
