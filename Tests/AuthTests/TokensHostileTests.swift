import Testing

@testable import Auth

@Suite("Hostile tokens")
struct HostileTokenTests {
  @Test(
    "alg none is refused in every spelling, with no signature and with a good one",
    arguments: [
      "none", "None", "NONE", "nOnE", "", " none", "none ", "hs256", "HS256 ", "RS1", "dir", "ES256K", "ES521",
    ])
  func none(name: String) throws {
    let token = try Sample.token(header: #"{"alg":"\#(name)"}"#)
    #expect(try Sample.refusal(of: token) == .algorithmUnknown)
    let parts = Sample.parts(token)
    #expect(try Sample.refusal(of: Array("\(parts[0]).\(parts[1]).".utf8)) == .algorithmUnknown)
  }

  @Test("alg missing, null, a number or a list is refused", arguments: ["{}", #"{"alg":null}"#, #"{"alg":["HS256"]}"#])
  func noAlgorithm(header: String) throws {
    #expect(try Sample.refusal(header: header) == (header == "{}" ? .algorithmMissing : .algorithmUnknown))
  }

  @Test("An HMAC over the public key's own bytes does not pass for an RSA or an EC signature")
  func keyConfusion() throws {
    for algorithm in [Algorithm.rs256, .ps256, .es256, .edDSA] {
      let pair = try KeyPair.pair(for: algorithm)
      let pem = try pair.publicPEM()
      let keys = try KeySet(publicKeyPEM: pem, algorithm: algorithm)
      let point = try pair.jwk(algorithm).utf8
      for secret in [Array(point), Array(pem.dropFirst(27))] {
        let signer = try TokenSigner(key: SigningKey(secret: secret), algorithm: .hs256)
        for name in ["HS256", algorithm.rawValue] {
          let token = try signer.sign(header: Array(#"{"alg":"\#(name)"}"#.utf8), payload: Array(Sample.claims.utf8))
          let expected: TokenRefusal.Reason = name == "HS256" ? .algorithmMismatch : .signatureMismatch
          #expect(try Sample.refusal(of: token, keys: keys) == expected)
        }
      }
      for secret in [pem, [0x22] + pem, Array("\n\u{FEFF}".utf8) + pem] {
        #expect(try refusal { _ = try KeySet(secret: secret, algorithm: .hs256) } == .secretIsPEM)
      }
    }
  }

  @Test("A key that the token brings along or points at is never used", arguments: ["jwk", "jku", "x5u", "x5c"])
  func embeddedKey(parameter: String) throws {
    let own = try KeyPair.curve("P-256")
    let attacker = try KeyPair.curve("P-256")
    let values = [
      "jwk": try attacker.jwk(.es256), "jku": #""https://attacker.example/jwks""#,
      "x5u": #""https://attacker.example/x5u""#, "x5c": #"["AAAA"]"#,
    ]
    let header = #"{"alg":"ES256","\#(parameter)":\#(try #require(values[parameter]))}"#
    let keys = try KeySet(publicKeyPEM: own.publicPEM(), algorithm: .es256)
    for pair in [own, attacker] {
      let token = try TokenSigner(key: SigningKey(privateKeyPEM: pair.privatePEM()), algorithm: .es256)
        .sign(header: Array(header.utf8), payload: Array(Sample.claims.utf8))
      #expect(try Sample.refusal(of: token, keys: keys) == (pair === own ? nil : .signatureMismatch))
    }
  }

  @Test(
    "A psychic signature, and r or s of 0 or n, is refused on every curve",
    arguments: [Algorithm.es256, .es384, .es512])
  func psychic(algorithm: Algorithm) throws {
    let pair = try KeyPair.pair(for: algorithm)
    let key = try EVPKey(publicKeyPEM: pair.publicPEM())
    let width = key.order.count
    let zero = [UInt8](repeating: 0, count: width)
    let one = zero.dropLast() + [1]
    let numbers = [zero, Array(one), key.order, [UInt8](repeating: 0xFF, count: width)]
    let input = Array("x.y".utf8)
    for r in numbers {
      for s in numbers {
        let isInRange = r == Array(one) && s == Array(one)
        #expect((ECDSASignature.der(fromP1363: r + s, order: key.order) != nil) == isInRange)
        #expect(!key.verifies(r + s, of: input[...], by: algorithm))
      }
    }
  }

  @Test("An ECDSA signature in DER, shortened, lengthened, or with r + n for r is refused")
  func notP1363() throws {
    let pair = try KeyPair.curve("P-521")
    let key = try EVPKey(privateKeyPEM: pair.privatePEM())
    let input = Array("x.y".utf8)[...]
    let good = try #require(key.signature(of: input, by: .es512))
    #expect(key.verifies(good, of: input, by: .es512))
    let der = try #require(ECDSASignature.der(fromP1363: good, order: key.order))
    #expect(!key.verifies(der, of: input, by: .es512))
    #expect(!key.verifies(good.dropLast(), of: input, by: .es512))
    #expect(!key.verifies(good + [0], of: input, by: .es512))
    #expect(!key.verifies([0] + good.prefix(66) + [0] + good.suffix(66), of: input, by: .es512))
    // r + n still fits into 66 bytes, as n has 521 bits of 528.
    var sum = [UInt8](repeating: 0, count: 66)
    var carry = 0
    for index in (0..<66).reversed() {
      carry += Int(good[index]) + Int(key.order[index])
      sum[index] = UInt8(carry & 0xFF)
      carry >>= 8
    }
    try #require(carry == 0)
    #expect(!key.verifies(sum + good.suffix(66), of: input, by: .es512))
  }

  @Test("crit is refused, whatever it names", arguments: [#"["exp"]"#, #"["b64"]"#, "[]", "null", #""exp""#])
  func critical(value: String) throws {
    #expect(try Sample.refusal(header: #"{"alg":"HS256","exp":1,"crit":\#(value)}"#) == .criticalExtension)
  }

  @Test("b64 is refused, true or false", arguments: ["true", "false"])
  func unencoded(value: String) throws {
    #expect(try Sample.refusal(header: #"{"alg":"HS256","b64":\#(value)}"#) == .unencodedPayload)
  }

  @Test("A token in a token is refused", arguments: ["JWT", "jwt", "application/jwt", "Application/JWT"])
  func nested(contentType: String) throws {
    #expect(try Sample.refusal(header: #"{"alg":"HS256","cty":"\#(contentType)"}"#) == .nestedToken)
  }

  @Test("A token has one spelling: padding, the standard alphabet, tail bits, white space and more dots are refused")
  func spellings() throws {
    // Claims and a signature with both characters that differ between the alphabets are looked for.
    var good: [String] = []
    for number in 0..<1_000 {
      good = Sample.parts(try Sample.token(claims: #"{"sub":"anna","exp":1900000600,"n":"\#(number)ÿ>?"}"#))
      if good[1].contains("_"), good[2].contains("-"), good[2].contains("_") { break }
    }
    try #require(good[2].contains("-") && good[2].contains("_"))
    let (header, payload, signature) = (good[0], good[1], good[2])
    #expect(try Sample.refusal(of: Array("\(header).\(payload).\(signature)".utf8)) == nil)
    func standard(_ text: String) -> String {
      String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    }
    // 32 bytes leave 2 of the last character's bits unused: three more spellings of the same signature.
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let last = try #require(signature.last.flatMap(alphabet.firstIndex))
    let tails = (1...3).map { "\(header).\(payload).\(signature.dropLast())\(alphabet[last + $0])" }
    let variants =
      tails + [
        "\(header).\(payload).\(signature)=", "\(header)=.\(payload).\(signature)",
        "\(header).\(payload)=.\(signature)",
        "\(header).\(payload).\(standard(signature))", "\(header).\(standard(payload)).\(signature)",
        " \(header).\(payload).\(signature)", "\(header).\(payload).\(signature)\n",
        "\(header). \(payload).\(signature)",
        "\(header).\(payload).\(signature)%3D", "\(header).\(payload).\(signature)\0",
        "\u{FEFF}\(header).\(payload).\(signature)",
      ]
    for variant in variants { #expect(try Sample.refusal(of: Array(variant.utf8)) == .malformedEncoding, "\(variant)") }
    let dotted = [
      ".\(header).\(payload).\(signature)", "\(header).\(payload).\(signature).", "\(header)..\(payload).\(signature)",
      "\(header).\(payload)", "\(header).\(payload)\(signature)", header, "", ".", "\(header).a.b.c.d",
    ]
    for variant in dotted { #expect(try Sample.refusal(of: Array(variant.utf8)) == .wrongPartCount, "\(variant)") }
    #expect(try Sample.refusal(of: Array("..".utf8)) == .malformedHeader)
    #expect(try Sample.refusal(of: Array("\(header)..\(signature)".utf8)) == .signatureMismatch)
    #expect(try Sample.refusal(of: Array("\(header).\(payload).".utf8)) == .signatureMismatch)
  }

  @Test("A token of 1 MB is refused for its size, whatever it is made of")
  func huge() throws {
    for byte in "A.{\0".utf8 {
      #expect(try Sample.refusal(of: [UInt8](repeating: byte, count: 1_048_576)) == .tooLarge)
    }
    let claims = #"{"sub":"anna","exp":1900000600,"x":"\#(String(repeating: "x", count: 6_000))"}"#
    #expect(try Sample.refusal(claims: claims) == nil)
    #expect(try Sample.refusal(claims: claims, rules: TokenRules(maximumBytes: 8_000)) == .tooLarge)
  }

  @Test(
    "A single flipped bit is refused, wherever it is in the token",
    arguments: [Algorithm.hs256, .es256, .edDSA, .rs256])
  func flippedBit(algorithm: Algorithm) throws {
    let keys: KeySet
    let key: SigningKey
    if algorithm == .hs256 {
      keys = try Sample.keys()
      key = SigningKey(secret: Sample.secret)
    } else {
      let pair = try KeyPair.pair(for: algorithm)
      keys = try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: algorithm)
      key = try SigningKey(privateKeyPEM: pair.privatePEM())
    }
    let token = try TokenSigner(key: key, algorithm: algorithm)
      .sign(header: Array(#"{"alg":"\#(algorithm.rawValue)"}"#.utf8), payload: Array(Sample.claims.utf8))
    #expect(try Sample.refusal(of: token, keys: keys) == nil)
    for index in token.indices {
      for bit in 0..<8 {
        var forged = token
        forged[index] ^= 1 << bit
        #expect(try Sample.refusal(of: forged, keys: keys) != nil, "bit \(bit) of byte \(index)")
      }
      #expect(try Sample.refusal(of: Array(token[..<index]), keys: keys) != nil)
    }
  }

  @Test("Ten thousand tokens of noise, and of good tokens with noise in them, are refused and end nothing")
  func noise() throws {
    var random = SplitMix(state: 2026)
    let token = try Sample.token()
    let palette = Array(#"{}[]":,.eyJhbGciOiJIUzI1NiJ9-_=+/\u0000 "#.utf8)
    for round in 0..<10_000 {
      var forged = token
      if round % 2 == 0 {
        forged = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      }
      for _ in 0...Int(random.next() % 4) {
        let place = Int(random.next() % UInt64(forged.count + 1))
        forged.insert(palette[Int(random.next() % UInt64(palette.count))], at: place)
      }
      #expect(try Sample.refusal(of: forged) != nil)
    }
  }

  @Test("Signed headers and claims of noise are refused and end nothing")
  func signedNoise() throws {
    var random = SplitMix(state: 7)
    let signer = try TokenSigner(key: SigningKey(secret: Sample.secret), algorithm: .hs256)
    for text in [Sample.claims, #"{"sub":"anna","exp":1.9000006e9,"aud":["a"],"info":{"a":[1,2]},"nbf":1}"#] {
      for _ in 0..<5_000 {
        var claims = Array(text.utf8)
        let place = Int(random.next() % UInt64(claims.count))
        claims[place] = UInt8(truncatingIfNeeded: random.next())
        // Many of these are good claims still; the point is that each gets an answer.
        _ = try Sample.refusal(of: signer.sign(header: Array(Sample.header.utf8), payload: claims))
        var header = Array(Sample.header.utf8)
        header[Int(random.next() % UInt64(header.count))] = UInt8(truncatingIfNeeded: random.next())
        _ = try Sample.refusal(of: signer.sign(header: header, payload: Array(text.utf8)))
      }
    }
  }
}

/// SplitMix64: small, and the same on every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
