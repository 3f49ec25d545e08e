import COpenSSL

/// The owner of a `BIGNUM`. Never leaves the call it was made in.
struct BigNumber: ~Copyable {
  let pointer: OpaquePointer

  /// A key's parameter, such as its modulus.
  init(parameter name: String, of key: OpaquePointer) throws(KeyError) {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { throw KeyError.library() }
    pointer = number
  }

  /// The number that `bytes` spell, big-endian.
  init(bigEndian bytes: [UInt8]) throws(KeyError) {
    guard let number = BN_bin2bn(bytes, Int32(clamping: bytes.count), nil) else { throw KeyError.library() }
    pointer = number
  }

  // Wiped too: it may be of a private key.
  deinit { BN_clear_free(pointer) }

  /// Big-endian, without leading zeros.
  var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: (Int(BN_num_bits(pointer)) + 7) / 8) { buffer, count in
      count = Int(BN_bn2bin(pointer, buffer.baseAddress))
    }
  }
}
