import COpenSSL
import Testing

@testable import Auth

@Suite("Forged signatures")
struct SignatureTests {
  private let input = Array("x.y".utf8)

  @Test("Of a PKCS #1 block every byte is checked: padding, DigestInfo and that nothing follows the digest")
  func pkcs1() throws {
    let pair = try KeyPair.rsa()
    let key = try EVPKey(publicKeyPEM: pair.publicPEM())
    let digest = try #require(Digest.sha256.hash(input))
    /// DigestInfo of RFC 8017 §9.2 with the last byte of the algorithm's object identifier and what follows it.
    func info(_ prefix: [UInt8], _ digest: [UInt8]) -> [UInt8] { prefix + digest }
    let identifier: [UInt8] = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]
    let good = info([0x30, 0x31, 0x30, 0x0D] + identifier + [1, 0x05, 0, 0x04, 0x20], digest)
    func block(_ tail: [UInt8], kind: UInt8 = 1, lead: UInt8 = 0, fill: UInt8 = 0xFF, end: UInt8 = 0) -> [UInt8] {
      [lead, kind] + [UInt8](repeating: fill, count: 256 - 3 - tail.count) + [end] + tail
    }
    #expect(try key.verifies(pair.rawSignature(of: block(good)), of: input[...], by: .rs256))

    let sha384 = try #require(Digest.sha384.hash(input))
    let short = [0, 1] + [UInt8](repeating: 0xFF, count: 8) + [0] + good
    let forged: [String: [UInt8]] = [
      // Bleichenbacher's of 2006: what a small exponent would let anybody compute.
      "garbage after the digest": short + [UInt8](repeating: 0xAB, count: 256 - short.count),
      "zeros after the digest": short + [UInt8](repeating: 0, count: 256 - short.count),
      "no padding": [0, 1, 0] + good + [UInt8](repeating: 0xFF, count: 256 - 3 - good.count),
      "encryption's padding": block(good, kind: 2), "no block type": block(good, kind: 0),
      "filled with zeros": block(good, fill: 0), "another fill": block(good, fill: 0xFE),
      "no end of the padding": block(good, end: 0xFF),
      "digest alone": block(digest), "nothing": block([]),
      "algorithm without NULL": block(info([0x30, 0x2F, 0x30, 0x0B] + identifier + [1, 0x04, 0x20], digest)),
      "parameters in place of NULL": block(
        info([0x30, 0x33, 0x30, 0x0F] + identifier + [1, 0x04, 2, 1, 2, 0x04, 0x20], digest)),
      "long form of a length": block(info([0x30, 0x81, 0x31, 0x30, 0x0D] + identifier + [1, 5, 0, 4, 0x20], digest)),
      "indefinite length": block(
        info([0x30, 0x80, 0x30, 0x0D] + identifier + [1, 5, 0, 4, 0x20], digest) + [0, 0]),
      "SHA-384's name": block(info([0x30, 0x31, 0x30, 0x0D] + identifier + [2, 5, 0, 4, 0x20], digest)),
      "SHA-384": block(info([0x30, 0x41, 0x30, 0x0D] + identifier + [2, 5, 0, 4, 0x30], sha384)),
      "digest cut": block(info([0x30, 0x30, 0x30, 0x0D] + identifier + [1, 5, 0, 4, 0x1F], digest.dropLast())),
      "another digest": block(good.dropLast() + [good[good.count - 1] ^ 1]),
    ]
    for (name, block) in forged {
      try #require(block.count == 256, "\(name)")
      #expect(try !key.verifies(pair.rawSignature(of: block), of: input[...], by: .rs256), "\(name)")
    }
  }

  @Test("An RSA signature has one number: not s + n, not 0, 1 or n − 1, no byte more or less")
  func rsaRange() throws {
    let pair = try KeyPair.rsa()
    let key = try EVPKey(privateKeyPEM: pair.privatePEM())
    let modulus = try pair.number("n")
    var wrapped: [UInt8]?
    for round in 0..<200 where wrapped == nil {
      // s + n fits into 256 bytes for some inputs only.
      let input = Array("x.\(round)".utf8)
      let signature = try #require(key.signature(of: input[...], by: .rs256))
      #expect(key.verifies(signature, of: input[...], by: .rs256))
      #expect(!key.verifies([0] + signature, of: input[...], by: .rs256))
      #expect(!key.verifies(Array(signature.dropLast()), of: input[...], by: .rs256))
      wrapped = sum(signature, modulus)
      if let wrapped { #expect(!key.verifies(wrapped, of: input[...], by: .rs256)) }
    }
    #expect(wrapped != nil)
    let zero = [UInt8](repeating: 0, count: 256)
    let one = zero.dropLast() + [1]
    for algorithm in [Algorithm.rs256, .rs384, .rs512, .ps256, .ps384, .ps512] {
      for number in [zero, Array(one), modulus, difference(modulus, Array(one)), []] {
        #expect(!key.verifies(number, of: input[...], by: algorithm))
      }
    }
  }

  @Test("A PSS signature whose salt is not as long as the digest, or whose mask has another digest, is refused")
  func pss() throws {
    let pair = try KeyPair.rsa()
    let key = try EVPKey(publicKeyPEM: pair.publicPEM())
    #expect(try key.verifies(pair.pssSignature(of: input, salt: 32, mask: .sha256), of: input[...], by: .ps256))
    for salt: Int32 in [0, 1, 20, 31, 33, 48, 64, 222] {
      #expect(try !key.verifies(pair.pssSignature(of: input, salt: salt, mask: .sha256), of: input[...], by: .ps256))
    }
    for mask in [Digest.sha384, .sha512] {
      #expect(try !key.verifies(pair.pssSignature(of: input, salt: 32, mask: mask), of: input[...], by: .ps256))
    }
  }

  @Test("Ed25519's S is below the group's order: S + L, of which a careless verifier makes more tokens, is refused")
  func edDSAMalleability() throws {
    let key = try EVPKey(privateKeyPEM: KeyPair.ed25519().privatePEM())
    let order: [UInt8] = [
      0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0xDE, 0xF9, 0xDE, 0xA2, 0xF7, 0x9C, 0xD6, 0x58, 0x12,
      0x63, 0x1A, 0x5C, 0xF5, 0xD3, 0xED,
    ]
    let good = try #require(key.signature(of: input[...], by: .edDSA))
    #expect(key.verifies(good, of: input[...], by: .edDSA))
    var number: [UInt8]? = good.suffix(32).reversed()
    var count = 0
    while let next = number.flatMap({ sum($0, order) }) {
      #expect(!key.verifies(good.prefix(32) + next.reversed(), of: input[...], by: .edDSA))
      number = next
      count += 1
    }
    #expect(count >= 14)
    #expect(!key.verifies(good.prefix(32) + order.reversed(), of: input[...], by: .edDSA))
  }

  @Test("Ed25519's R is no point of small order in any spelling, and S of 0 signs nothing")
  func edDSASmallOrder() throws {
    let key = try EVPKey(privateKeyPEM: KeyPair.ed25519().privatePEM())
    let good = try #require(key.signature(of: input[...], by: .edDSA))
    let zero = [UInt8](repeating: 0, count: 32)
    let top = [UInt8](repeating: 0xFF, count: 30)
    for first: UInt8 in [0, 1, 0xEC, 0xED, 0xEE, 0xFF] {
      for last: UInt8 in [0, 0x80, 0x7F, 0xFF] {
        for r in [[first] + zero[1..<31] + [last], [first] + top + [last]] {
          #expect(!key.verifies(r + zero, of: input[...], by: .edDSA))
          #expect(!key.verifies(r + good.suffix(32), of: input[...], by: .edDSA))
        }
      }
    }
    #expect(!key.verifies(good.prefix(32) + zero, of: input[...], by: .edDSA))
    for size in [0, 32, 63, 65, 114] {
      #expect(!key.verifies([UInt8](repeating: 0, count: size), of: input[...], by: .edDSA))
    }
  }

  @Test("An Ed25519 key that is no point on the curve verifies nothing")
  func edDSAOffCurve() throws {
    // OpenSSL takes any 32 bytes for a key and decodes them when it verifies. y = 2 has no x.
    let key = try EVPKey(ed25519: [2] + [UInt8](repeating: 0, count: 31))
    let pair = try EVPKey(privateKeyPEM: KeyPair.ed25519().privatePEM())
    let good = try #require(pair.signature(of: input[...], by: .edDSA))
    for signature in [good, [UInt8](repeating: 0, count: 64), [1] + [UInt8](repeating: 0, count: 63)] {
      #expect(!key.verifies(signature, of: input[...], by: .edDSA))
    }
  }

  @Test(
    "A signature of zeros, and one in DER, passes for no token on any curve",
    arguments: [Algorithm.es256, .es384, .es512])
  func ecdsaTokens(algorithm: Algorithm) throws {
    let pair = try KeyPair.pair(for: algorithm)
    let key = try EVPKey(privateKeyPEM: pair.privatePEM())
    let keys = try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: algorithm)
    let header = #"{"alg":"\#(algorithm.rawValue)"}"#
    func refusal(_ sign: ([UInt8]) throws -> [UInt8]) throws -> TokenRefusal.Reason? {
      try Sample.refusal(of: forgedToken(header: header, sign), keys: keys)
    }
    func signature(_ input: [UInt8]) throws -> [UInt8] { try #require(key.signature(of: input[...], by: algorithm)) }
    #expect(try refusal(signature) == nil)
    #expect(try refusal { _ in [UInt8](repeating: 0, count: key.signatureSize) } == .signatureMismatch)
    // DER of zero and zero, as the careless library of CVE-2022-21449 was given it.
    #expect(try refusal { _ in [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00] } == .signatureMismatch)
    let der = try refusal { try #require(ECDSASignature.der(fromP1363: signature($0), order: key.order)) }
    #expect(der == .signatureMismatch)
  }

  @Test(
    "ECDSA gives each token a second signature, n − s, which passes with the same claims: revoke by jti, never by text",
    arguments: [Algorithm.es256, .es384, .es512])
  func ecdsaTwin(algorithm: Algorithm) throws {
    let pair = try KeyPair.pair(for: algorithm)
    let key = try EVPKey(privateKeyPEM: pair.privatePEM())
    let keys = try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: algorithm)
    let claims = #"{"sub":"anna","exp":1900000600,"jti":"t1"}"#
    let width = key.order.count
    var tokens: [[UInt8]] = []
    var good: [UInt8] = []
    for isTwin in [false, true] {
      tokens.append(
        try forgedToken(header: #"{"alg":"\#(algorithm.rawValue)"}"#, claims: claims) { input in
          if !isTwin { good = try #require(key.signature(of: input[...], by: algorithm)) }
          return isTwin ? good.prefix(width) + difference(key.order, Array(good.suffix(width))) : good
        })
    }
    #expect(tokens[0] != tokens[1])
    let verifier = TokenVerifier(keys: keys, rules: TokenRules())
    let verified = try tokens.map { try verifier.verify($0, now: Sample.now) }
    #expect(verified[0] == verified[1] && verified[0].id == "t1")
  }
}
