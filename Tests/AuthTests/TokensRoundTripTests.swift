import Foundation
import Testing

@testable import Auth

@Suite("Tokens round trip")
struct TokenRoundTripTests {
  @Test("A token signed by OpenSSL's key verifies with its PEM and its JWK", arguments: Algorithm.allCases)
  func roundTrip(algorithm: Algorithm) throws {
    let claims = #"{"sub":"anna","exp":1900000600,"iat":1899999990,"nbf":1899999990,"jti":"t 1","info":{ "a":1}}"#
    let sets: [KeySet]
    let signer: TokenSigner
    if algorithm.keyType == .secret {
      sets = [try Sample.keys(algorithm, id: "k1")]
      signer = try TokenSigner(key: SigningKey(secret: Sample.secret), algorithm: algorithm, keyID: "k1")
    } else {
      let pair = try KeyPair.pair(for: algorithm)
      let jwk = try pair.jwk(algorithm, extra: #","kid":"k1","alg":"\#(algorithm.rawValue)","use":"sig""#)
      sets = [
        try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: algorithm, keyID: "k1"),
        try KeySet(jwksFile: Array(jwk.utf8), allowed: [algorithm]),
        try KeySet(jwksFile: Array(#"{"keys":[\#(jwk)]}"#.utf8), allowed: Set(Algorithm.allCases)),
      ]
      signer = try TokenSigner(key: SigningKey(privateKeyPEM: pair.privatePEM()), algorithm: algorithm, keyID: "k1")
    }
    // ECDSA and PSS take a new random number each time, so shorter numbers turn up too.
    for _ in 0..<10 {
      let token = Array(try signer.sign(claimsJSON: Array(claims.utf8)).utf8)
      for keys in sets {
        let verified = try TokenVerifier(keys: keys, rules: TokenRules()).verify(token, now: Sample.now)
        #expect(verified.subject.text == "anna")
        #expect(verified.expiresAt == 1_900_000_600)
        #expect(verified.issuedAt == 1_899_999_990)
        #expect(verified.notBefore == 1_899_999_990)
        #expect(verified.id == "t 1")
        #expect(verified.info == Array(#"{ "a":1}"#.utf8))
        #expect(verified.keyID == "k1")
        #expect(verified.algorithm == algorithm)
      }
    }
  }

  @Test("A signature of one algorithm verifies under no other", arguments: Algorithm.allCases)
  func noOther(algorithm: Algorithm) throws {
    let signer: TokenSigner
    let keys: (Algorithm) throws -> KeySet
    if algorithm.keyType == .secret {
      signer = try TokenSigner(key: SigningKey(secret: Sample.secret), algorithm: algorithm)
      keys = { try Sample.keys($0) }
    } else {
      let pair = try KeyPair.pair(for: algorithm)
      let pem = try pair.publicPEM()
      signer = try TokenSigner(key: SigningKey(privateKeyPEM: pair.privatePEM()), algorithm: algorithm)
      keys = { try KeySet(publicKeyPEM: pem, algorithm: $0) }
    }
    let token = Array(try signer.sign(claimsJSON: Array(Sample.claims.utf8)).utf8)
    for other in Algorithm.allCases where other != algorithm {
      guard other.keyType == algorithm.keyType else {
        #expect(try refusal { _ = try keys(other) } == .algorithmMismatch)
        continue
      }
      #expect(try Sample.refusal(of: token, keys: keys(other)) == .algorithmMismatch)
      // The header rewritten as well, so that the signature has to tell.
      let parts = Sample.parts(token)
      let forged = "\(text64(#"{"alg":"\#(other.rawValue)"}"#.utf8)).\(parts[1]).\(parts[2])"
      #expect(try Sample.refusal(of: Array(forged.utf8), keys: keys(other)) == .signatureMismatch)
    }
  }

  @Test("An RSA key without alg takes the RSA algorithms that are allowed, and no others")
  func rsaAllowList() throws {
    let pair = try KeyPair.rsa()
    let keys = try KeySet(jwksFile: Array(pair.jwk(.rs256).utf8), allowed: [.rs256, .ps256, .hs256, .es256])
    let key = try SigningKey(privateKeyPEM: pair.privatePEM())
    for algorithm in [Algorithm.ps256, .rs256, .ps256, .rs512] {
      let token = Array(
        try TokenSigner(key: key, algorithm: algorithm).sign(claimsJSON: Array(Sample.claims.utf8)).utf8)
      #expect(try Sample.refusal(of: token, keys: keys) == (algorithm == .rs512 ? .algorithmMismatch : nil))
    }
  }

  @Test("A new key verifies on eight threads at once", arguments: Algorithm.allCases)
  func threads(algorithm: Algorithm) async throws {
    for _ in 0..<3 {
      let keys: KeySet
      let key: SigningKey
      if algorithm.keyType == .secret {
        (keys, key) = (try Sample.keys(algorithm), SigningKey(secret: Sample.secret))
      } else {
        let pair = try KeyPair.pair(for: algorithm)
        keys = try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: algorithm)
        key = try SigningKey(privateKeyPEM: pair.privatePEM())
      }
      let good = Array(
        try TokenSigner(key: key, algorithm: algorithm).sign(claimsJSON: Array(Sample.claims.utf8)).utf8)
      let bad = good.dropLast(4) + Array("AAAA".utf8)
      let verifier = TokenVerifier(keys: keys, rules: TokenRules())
      let wrong = await failures(onThreads: 8) {
        (try? verifier.verify(good, now: Sample.now)) != nil && (try? verifier.verify(bad, now: Sample.now)) == nil
      }
      #expect(wrong == 0)
    }
  }

  /// How often `holds` was false, of 25 calls on each of `count` threads. Threads and not tasks, of which no more run at
  /// once than the machine has cores.
  private func failures(onThreads count: Int, _ holds: @escaping @Sendable () -> Bool) async -> Int {
    await withTaskGroup { group in
      for _ in 0..<count {
        group.addTask {
          await withCheckedContinuation { continuation in
            Thread.detachNewThread {
              continuation.resume(returning: (0..<25).count { _ in !holds() })
            }
          }
        }
      }
      return await group.reduce(0, +)
    }
  }

  @Test("A signer refuses claims that are no object, and a key of another type")
  func signerRefuses() throws {
    let signer = try TokenSigner(key: SigningKey(secret: Sample.secret), algorithm: .hs256)
    #expect(throws: TokenSigner.Failure.malformedClaims) { try signer.sign(claimsJSON: Array("[]".utf8)) }
    #expect(throws: TokenSigner.Failure.malformedClaims) { try signer.sign(claimsJSON: Array(#"{"a":1,"a":2}"#.utf8)) }
    #expect(
      try refusal { _ = try TokenSigner(key: SigningKey(secret: Sample.secret), algorithm: .rs256) }
        == .algorithmMismatch)
    let pem = try KeyPair.curve("P-256").privatePEM()
    #expect(
      try refusal { _ = try TokenSigner(key: SigningKey(privateKeyPEM: pem), algorithm: .es384) }
        == .algorithmMismatch)
  }

  @Test("The key of RFC 7515's HS256 example is refused as published")
  func publishedKey() throws {
    let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    let jwk = #"{"kty":"oct","alg":"HS256","k":"\#(key)"}"#
    let error = #expect(throws: KeyError.self) { try KeySet(jwksFile: Array(jwk.utf8), allowed: [.hs256]) }
    #expect(error?.skipped == [SkippedKey(index: 0, reason: .secretIsPublic)])
  }
}
