import COpenSSL
import Testing

@testable import Auth

@Suite("Keys")
struct KeyTests {
  private func jwk(_ text: String) throws -> KeyError.Reason? {
    do {
      _ = try KeySet(jwksFile: Array(text.utf8), allowed: Set(Algorithm.allCases))
      return nil
    } catch {
      return error.skipped.first?.reason ?? error.reason
    }
  }

  @Test("A secret shorter than its digest is refused", arguments: [(Algorithm.hs256, 32), (.hs384, 48), (.hs512, 64)])
  func shortSecret(algorithm: Algorithm, size: Int) throws {
    for count in [0, 2, size - 1] {
      let secret = Array(Sample.secret.prefix(count))
      #expect(try refusal { _ = try KeySet(secret: secret, algorithm: algorithm) } == .secretTooShort)
      #expect(
        try refusal { _ = try TokenSigner(key: SigningKey(secret: secret), algorithm: algorithm) }
          == .secretTooShort)
      #expect(try jwk(#"{"kty":"oct","alg":"\#(algorithm.rawValue)","k":"\#(text64(secret))"}"#) == .secretTooShort)
    }
    #expect(try refusal { _ = try KeySet(secret: Array(Sample.secret.prefix(size)), algorithm: algorithm) } == nil)
  }

  @Test(
    "Secrets that everybody knows are refused",
    arguments: [
      "secret", "your-256-bit-secret", "a-string-secret-at-least-256-bits-long",
      "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
      "super-secret-jwt-token-with-at-least-32-characters-long", "bbe7d157-a253-4094-9759-06a8236543f9",
    ])
  func publicSecret(text: String) throws {
    #expect(try refusal { _ = try KeySet(secret: Array(text.utf8), algorithm: .hs256) } == .secretIsPublic)
  }

  @Test("A configured secret of one repeated byte is refused")
  func uniformSecret() throws {
    let zeros = [UInt8](repeating: 0, count: 64)
    #expect(try refusal { _ = try KeySet(secret: zeros, algorithm: .hs256) } == .secretIsUniform)
  }

  @Test("An RSA modulus of 2047 bits is refused, of 2048 taken")
  func rsaSize() throws {
    let small = try KeyPair.rsa(bits: 2047)
    #expect(try refusal { _ = try KeySet(publicKeyPEM: small.publicPEM(), algorithm: .rs256) } == .modulusTooSmall)
    #expect(try refusal { _ = try SigningKey(privateKeyPEM: small.privatePEM()) } == .modulusTooSmall)
    #expect(try jwk(small.jwk(.rs256)) == .modulusTooSmall)
    #expect(try jwk(KeyPair.rsa(bits: 2048).jwk(.rs256)) == nil)
  }

  @Test("An RSA modulus over 8192 bits, or one that OpenSSL knows for a prime or even, is refused")
  func rsaModulus() throws {
    func key(_ modulus: [UInt8]) -> String { #"{"kty":"RSA","e":"AQAB","n":"\#(text64(modulus))"}"# }
    #expect(try jwk(key([1] + [UInt8](repeating: 0, count: 1_023) + [1])) == .modulusTooLarge)
    #expect(try jwk(key([0x80] + [UInt8](repeating: 0, count: 255))) == .keyInvalid)
    let modulus = try KeyPair.rsa().number("n")
    #expect(try jwk(key([0] + modulus)) == .malformedKey)
    #expect(try jwk(key([])) == .malformedKey)
  }

  @Test("An RSA modulus that is a prime, has a small factor or is a power is refused; an exponent of 0 too")
  func rsaWeakModulus() throws {
    func key(_ modulus: [UInt8], _ exponent: String = "AQAB") -> String {
      #"{"kty":"RSA","e":"\#(exponent)","n":"\#(text64(modulus))"}"#
    }
    /// A number of OpenSSL's, as bytes.
    func bytes(_ make: () -> OpaquePointer?) throws -> [UInt8] {
      let number = try #require(make())
      defer { BN_free(number) }
      return [UInt8](unsafeUninitializedCapacity: (Int(BN_num_bits(number)) + 7) / 8) { buffer, count in
        count = Int(BN_bn2bin(number, buffer.baseAddress))
      }
    }
    let prime = try bytes { BN_get_rfc3526_prime_2048(nil) }
    #expect(try jwk(key(prime)) == .keyInvalid)
    let good = try KeyPair.rsa().number("n")
    let tripled = try bytes {
      let number = BN_bin2bn(good, Int32(good.count), nil)
      BN_mul_word(number, 3)
      return number
    }
    #expect(try jwk(key(tripled)) == .keyInvalid)
    let square = try bytes {
      let number = BN_get_rfc3526_prime_1536(nil)
      let context = BN_CTX_new()
      defer { BN_CTX_free(context) }
      BN_sqr(number, number, context)
      return number
    }
    #expect(try jwk(key(square)) == .keyInvalid)
    for exponent in ["", "AA", "AAEAAQ"] { #expect(try jwk(key(good, exponent)) == .malformedKey) }
  }

  @Test("A coordinate spelled as x + p is refused")
  func coordinateOverField() throws {
    let point = try KeyPair.curve("P-521").point()
    let x = Array(point[1..<67])
    let y = Array(point[67..<133])
    func key(_ x: [UInt8], _ y: [UInt8]) -> String {
      #"{"kty":"EC","crv":"P-521","x":"\#(text64(x))","y":"\#(text64(y))"}"#
    }
    #expect(try jwk(key(x, y)) == nil)
    // p is 2⁵²¹ − 1, and 66 bytes have room for more.
    let field = [0x01] + [UInt8](repeating: 0xFF, count: 65)
    #expect(try jwk(key(#require(sum(x, field)), y)) == .keyInvalid)
    #expect(try jwk(key(x, #require(sum(y, field)))) == .keyInvalid)
  }

  @Test("An RSA exponent of 1, 3, an even one and one over 64 bits is refused")
  func rsaExponent() throws {
    let modulus = text64(try KeyPair.rsa().number("n"))
    for exponent: [UInt8] in [[1], [3], [0xFF, 0xFF], [1, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1]] {
      #expect(try jwk(#"{"kty":"RSA","e":"\#(text64(exponent))","n":"\#(modulus)"}"#) == .exponentRefused)
    }
    let three = try KeyPair.rsa(exponent: 3).publicPEM()
    #expect(try refusal { _ = try KeySet(publicKeyPEM: three, algorithm: .rs256) } == .exponentRefused)
  }

  @Test("Ordinary RSA keys do not have the fingerprint of ROCA, powers of 65537 do")
  func roca() throws {
    for _ in 0..<4 { #expect(try jwk(KeyPair.rsa().jwk(.rs256)) == nil) }
    // Modulo every prime a power of 65537, and of 2049 bits.
    var power: [UInt8] = [1]
    for _ in 0..<128 { power = timesF4(power) }
    #expect(try jwk(#"{"kty":"RSA","e":"AQAB","n":"\#(text64(power))"}"#) == .modulusIsROCA)
  }

  /// `number` · (2¹⁶ + 1), big-endian.
  private func timesF4(_ number: [UInt8]) -> [UInt8] {
    let shifted = number + [0, 0]
    var sum = [UInt8](repeating: 0, count: shifted.count + 1)
    var carry = 0
    for place in 1...shifted.count {
      let addend = place <= number.count ? Int(number[number.count - place]) : 0
      carry += Int(shifted[shifted.count - place]) + addend
      sum[sum.count - place] = UInt8(carry & 0xFF)
      carry >>= 8
    }
    sum[0] = UInt8(carry)
    return Array(sum.drop { $0 == 0 })
  }

  @Test("A point off its curve, of another curve, too short or at infinity is refused")
  func points() throws {
    let point = try KeyPair.curve("P-256").point()
    func key(_ curve: String, _ x: some Collection<UInt8>, _ y: some Collection<UInt8>) -> String {
      #"{"kty":"EC","crv":"\#(curve)","x":"\#(text64(x))","y":"\#(text64(y))"}"#
    }
    let x = Array(point[1..<33])
    var y = Array(point[33..<65])
    #expect(try jwk(key("P-256", x, y)) == nil)
    #expect(try jwk(key("P-384", x, y)) == .malformedKey)
    #expect(try jwk(key("P-256", [0] + x, y)) == .malformedKey)
    #expect(try jwk(key("P-256", x.dropLast(), y)) == .malformedKey)
    #expect(try jwk(key("P-256", [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))) == .keyInvalid)
    y[31] ^= 1
    #expect(try jwk(key("P-256", x, y)) == .keyInvalid)
  }

  @Test("Ed25519 keys of small order, in either spelling and with either sign, are refused")
  func smallOrder() throws {
    func key(_ point: [UInt8]) -> String { #"{"kty":"OKP","crv":"Ed25519","x":"\#(text64(point))"}"# }
    let zero = [UInt8](repeating: 0, count: 32)
    let top = [UInt8](repeating: 0xFF, count: 30) + [0x7F]
    let orderOfEight = ["JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o"]
      .compactMap { Base64URL.decode($0.utf8) }
    try #require(orderOfEight.count == 2)
    for sign: UInt8 in [0, 0x80] {
      for point in [zero, [1] + zero.dropFirst(), [0xEC] + top, [0xED] + top, [0xEE] + top] + orderOfEight {
        var signed = point
        signed[31] |= sign
        #expect(try jwk(key(signed)) == .pointOfSmallOrder)
      }
    }
    #expect(try jwk(KeyPair.ed25519().jwk(.edDSA)) == nil)
    #expect(try jwk(key(Array(zero.dropLast()))) == .malformedKey)
  }

  @Test("Only a PEM block of the wanted label is read, whole and alone, and no passphrase is asked for")
  func pem() throws {
    let pair = try KeyPair.rsa()
    let publicKey = String(decoding: try pair.publicPEM(), as: UTF8.self)
    let privateKey = String(decoding: try pair.privatePEM(), as: UTF8.self)
    func verifying(_ text: String) throws -> KeyError.Reason? {
      try refusal { _ = try KeySet(publicKeyPEM: Array(text.utf8), algorithm: .rs256) }
    }
    #expect(try verifying(publicKey) == nil)
    #expect(try verifying(publicKey.replacing("\n", with: "\r\n")) == nil)
    #expect(try verifying(privateKey) == .wrongPEM)
    #expect(try verifying("") == .malformedPEM)
    #expect(try verifying("\n\n") == .malformedPEM)
    #expect(try verifying("a comment\n" + publicKey) == .malformedPEM)
    #expect(try verifying(publicKey + publicKey) == .malformedPEM)
    #expect(try verifying(publicKey + privateKey) == .malformedPEM)
    #expect(try verifying(String(publicKey.dropLast(30))) == .malformedPEM)
    #expect(try verifying("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n") == .malformedPEM)
    #expect(try verifying("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n") == .malformedPEM)
    #expect(try verifying("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") == .wrongPEM)
    #expect(try refusal { _ = try SigningKey(privateKeyPEM: Array(publicKey.utf8)) } == .wrongPEM)
    #expect(try refusal { _ = try SigningKey(privateKeyPEM: pair.encryptedPEM()) } == .wrongPEM)
    let traditional = String(decoding: try pair.traditionalPEM(), as: UTF8.self)
    #expect(try refusal { _ = try SigningKey(privateKeyPEM: Array(traditional.utf8)) } == .wrongPEM)
    // Encrypted in the old way under the new label: OpenSSL would ask the terminal.
    let disguised = traditional.replacing("RSA PRIVATE KEY", with: "PRIVATE KEY")
    #expect(try refusal { _ = try SigningKey(privateKeyPEM: Array(disguised.utf8)) } == .malformedPEM)
  }

  @Test("A key that only verifies does not sign")
  func publicKeyDoesNotSign() throws {
    for algorithm in [Algorithm.rs256, .es256, .edDSA] {
      let key = try EVPKey(publicKeyPEM: KeyPair.pair(for: algorithm).publicPEM())
      #expect(key.signature(of: [1, 2, 3], by: algorithm) == nil)
    }
  }

  @Test("Curves that no algorithm takes are refused", arguments: ["secp256k1", "P-224", "brainpoolP256r1"])
  func otherCurves(name: String) throws {
    let pem = try KeyPair.curve(name).publicPEM()
    #expect(try refusal { _ = try KeySet(publicKeyPEM: pem, algorithm: .es256) } == .curveUnknown)
  }

  @Test("P-256 spelled out by its parameters is refused")
  func explicitCurve() throws {
    let pem = try KeyPair.curve("P-256").explicitPEM()
    #expect(try refusal { _ = try KeySet(publicKeyPEM: pem, algorithm: .es256) } == .curveUnknown)
  }

  @Test("Types that no algorithm takes are refused", arguments: ["X25519", "ED448", "RSA-PSS"])
  func otherTypes(name: String) throws {
    let pem = try KeyPair.other(name).publicPEM()
    #expect(try refusal { _ = try KeySet(publicKeyPEM: pem, algorithm: .ps256) } == .typeUnknown)
  }

  @Test("What is refused leaves nothing in OpenSSL's error queue")
  func errorQueue() throws {
    ERR_clear_error()
    _ = try refusal {
      _ = try KeySet(
        publicKeyPEM: Array("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".utf8), algorithm: .rs256)
    }
    #expect(ERR_peek_error() == 0)
    let x = text64([UInt8](repeating: 1, count: 32))
    #expect(try jwk(#"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(x)"}"#) == .keyInvalid)
    #expect(ERR_peek_error() == 0)
    for algorithm in [Algorithm.rs256, .ps256, .es256, .edDSA] {
      let key = try EVPKey(publicKeyPEM: KeyPair.pair(for: algorithm).publicPEM())
      ERR_clear_error()
      let garbage = [UInt8](repeating: 1, count: key.signatureSize)
      #expect(!key.verifies(garbage, of: [1, 2, 3], by: algorithm))
      #expect(ERR_peek_error() == 0)
      #expect(key.signature(of: [1, 2, 3], by: algorithm) == nil)
      #expect(ERR_peek_error() == 0)
    }
  }
}
