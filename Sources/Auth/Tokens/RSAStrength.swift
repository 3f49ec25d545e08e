import COpenSSL

/// Which RSA keys are strong enough to be believed.
enum RSAStrength {
  /// Throws for a modulus outside 2048…8192 bits, for an exponent that is even or outside 2¹⁶…2⁶⁴ (FIPS 186-5 A.1.1,
  /// its upper bound narrowed to what OpenSSL verifies with) and for a modulus out of a ROCA generator.
  static func check(_ key: OpaquePointer) throws(KeyError) {
    let bits = EVP_PKEY_get_bits(key)
    guard bits >= 2048 else { throw KeyError(.modulusTooSmall) }
    guard bits <= 8192 else { throw KeyError(.modulusTooLarge) }
    let exponent = try BigNumber(parameter: OSSL_PKEY_PARAM_RSA_E, of: key)
    guard BN_is_odd(exponent.pointer) == 1, (17...64).contains(BN_num_bits(exponent.pointer)) else {
      throw KeyError(.exponentRefused)
    }
    let modulus = try BigNumber(parameter: OSSL_PKEY_PARAM_RSA_N, of: key)
    guard !isROCA(modulus) else { throw KeyError(.modulusIsROCA) }
  }

  /// Primes of the faulty generator (CVE-2017-15361) have the form k·M + 65537^a mod M, with M a product of small
  /// primes. So modulo each of them the modulus is a power of 65537; of other moduli one in 2²⁷ is too.
  private static func isROCA(_ modulus: borrowing BigNumber) -> Bool {
    for prime: UInt64 in [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157] {
      let residue = UInt64(BN_mod_word(modulus.pointer, UInt(prime)))
      guard isPower(residue, of: 65_537 % prime, modulo: prime) else { return false }
    }
    return true
  }

  private static func isPower(_ residue: UInt64, of base: UInt64, modulo prime: UInt64) -> Bool {
    var power: UInt64 = 1
    repeat {
      if power == residue { return true }
      power = power * base % prime
    } while power != 1
    return false
  }
}
