import Auth
import Foundation
import Logging
import NIOPosix
import Testing

@testable import ProxyHooks

@Suite("Keeping an issuer's keys")
struct KeyKeeperTests {
  /// Asked all the time.
  private static let often = { @Sendable (timing: inout KeyTiming) in
    timing.interval = .milliseconds(20)
    timing.firstRetry = .milliseconds(10)
  }

  @Test("A new set replaces the old one whole, without a restart")
  func rotation() async throws {
    let (old, new) = (try await IssuerKey("old"), try await IssuerKey("new"))
    let (oldSet, bothSet, newSet) = (keySet(old.jwk()), keySet(old.jwk(), new.jwk()), keySet(new.jwk()))
    let issuer = try await StubIssuer { _ in .ok(oldSet) }
    try await Keeping.run(.issuer(issuer, change: Self.often)) { keeping in
      try await keeping.reach(1, "replaced")
      #expect(try await keeping.verdict(old.token()) == "alice")
      #expect(keeping.ring.count == 1)
      issuer.answer { _ in .ok(bothSet) }
      try await keeping.reach(2, "replaced")
      #expect(try await keeping.verdict(old.token()) == "alice")
      #expect(try await keeping.verdict(new.token("bob")) == "bob")
      issuer.answer { _ in .ok(newSet) }
      try await keeping.reach(3, "replaced")
      #expect(try await keeping.verdict(new.token()) == "alice")
      #expect(try await keeping.verdict(old.token()) == "key_unknown", "a key withdrawn is gone at once")
      try await keeping.reach(2, "unchanged")
      #expect(keeping.counts.value(of: "replaced") == 3, "the same bytes are not checked again")
    }
    await issuer.stop()
  }

  @Test("What is no good set leaves the last good one where it is, and says why")
  func poisoned() async throws {
    let (key, other) = (try await IssuerKey("key"), try await IssuerKey("other"))
    let good = keySet(key.jwk())
    let secret = #"{"kty":"oct","alg":"HS256","kid":"s","k":"YSBzZWNyZXQgdGhhdCBldmVyeWJvZHkgY2FuIHJlYWQgbm93Lg"}"#
    let poisons = [
      "<!DOCTYPE html><title>Sign in</title>", "", "{}", "[]", "null", #"{"keys":[]}"#, #"{"keys":{}}"#, good + good,
      "\u{FEFF}" + good, keySet(secret), keySet(#"{"kty":"AKP","kid":"a"}"#, #"{"kty":"EC","crv":"P-192","kid":"b"}"#),
      keySet(other.jwk(), other.jwk()), keySet(other.jwk(#","d":"AAAA""#)), keySet(other.jwk(#","use":"enc""#)),
      keySet(Array(repeating: #"{"kty":"x"}"#, count: 64).joined(separator: ","), other.jwk()),
    ]
    let issuer = try await StubIssuer { _ in .ok(good) }
    try await Keeping.run(.issuer(issuer, change: Self.often)) { keeping in
      try await keeping.reach(1, "replaced")
      for (number, poison) in poisons.enumerated() {
        issuer.answer { _ in .ok(poison) }
        let before = keeping.counts.value(of: "refused")
        try await keeping.reach(before + 1, "refused")
        #expect(try await keeping.verdict(key.token()) == "alice", "\(poison)")
        #expect(try await keeping.verdict(other.token()) == "key_unknown", "\(poison)")
        #expect(keeping.ring.readiness.state == .degraded)
        #expect(keeping.counts.value(of: "replaced") == UInt64(number) + 1)
        // Another spelling of the good one, so that it counts.
        let back = good + String(repeating: " ", count: number + 1)
        issuer.answer { _ in .ok(back) }
        try await keeping.reach(UInt64(number) + 2, "replaced")
        #expect(keeping.ring.readiness.state == .up)
      }
    }
    await issuer.stop()
  }

  @Test("Of a good set, a secret and a published key pair are left out: whoever read them could sign")
  func published() async throws {
    let (key, pair) = (try await IssuerKey("key"), try await IssuerKey("pair"))
    let secret = Array("a secret that everybody can read now.".utf8)
    let k = Data(secret).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
    let set = keySet(
      key.jwk(), pair.jwk(#","d":"AAAA""#), #"{"kty":"oct","alg":"HS256","kid":"secret","k":"\#(k)"}"#)
    let issuer = try await StubIssuer { _ in .ok(set) }
    let log = LogLines()
    try await Keeping.run(.issuer(issuer), log: log) { keeping in
      try await keeping.reach(1, "replaced")
      #expect(keeping.ring.count == 1)
      #expect(try await keeping.verdict(key.token()) == "alice")
      #expect(try await keeping.verdict(pair.token()) == "key_unknown")
      let signer = try TokenSigner(key: SigningKey(secret: secret), algorithm: .hs256, keyID: "secret")
      let token = try signer.sign(claimsJSON: Array(#"{"sub":"mallory","exp":1900000000}"#.utf8))
      #expect(await keeping.verdict(Array(token.utf8)) == "key_unknown")
    }
    #expect(
      log.lines.contains {
        $0.hasPrefix("warning") && $0.contains("private_key_published") && $0.contains("algorithm_not_allowed")
      })
    await issuer.stop()
  }

  @Test("A service starts without its issuer: not ready, nothing decided, until it is there")
  func absentAtStart() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let issuer = try await StubIssuer { _ in .silence }
    let port = issuer.port
    await issuer.stop()
    let log = LogLines()
    try await Keeping.run(.issuer(issuer, port: port, change: Self.often), log: log) { keeping in
      #expect(keeping.ring.readiness.state == .down)
      try await keeping.reach(3, "unreachable")
      #expect(keeping.ring.readiness.state == .down)
      #expect(try await keeping.verdict(key.token()) == "token_keys_missing")
      #expect(keeping.ring.age == nil)
      #expect(log.lines.count == 1, "what stays the same is said once")
      let back = try await StubIssuer(port: port) { _ in .ok(set) }
      try await keeping.reach(1, "replaced")
      #expect(keeping.ring.readiness.state == .up)
      #expect(try await keeping.verdict(key.token()) == "alice")
      await back.stop()
    }
    #expect(log.lines.allSatisfy { !$0.contains("127.0.0.1") && !$0.contains("\(port)") }, "no address in the log")
    #expect(log.lines.contains { $0.contains("PROXYHOOKS_TOKEN_JWKS_URL") && $0.contains("unreachable") })
  }

  @Test("While there is no set, the secret's tokens are good, those without a kid and of others are not")
  func secretBeside() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let secret = Array("a secret of this service's own, 32 bytes".utf8)
    func token(kid: String?) throws -> [UInt8] {
      let signer = try TokenSigner(key: SigningKey(secret: secret), algorithm: .hs256, keyID: kid)
      return Array(try signer.sign(claimsJSON: Array(#"{"sub":"bob","exp":\#(Installation.now + 9)}"#.utf8)).utf8)
    }
    let issuer = try await StubIssuer { _ in .status("500 Internal Server Error") }
    let keys = try KeySet(secret: secret, algorithm: .hs256, keyID: "own")
    try await Keeping.run(.issuer(issuer, secret: keys, change: Self.often)) { keeping in
      try await keeping.reach(1, "status")
      for _ in 0..<2 {
        #expect(try await keeping.verdict(token(kid: "own")) == "bob")
        #expect(try await keeping.verdict(token(kid: nil)) == "key_id_missing")
        if keeping.ring.age == nil {
          #expect(try await keeping.verdict(key.token()) == "token_keys_missing")
          #expect(keeping.ring.readiness.state == .down)
          issuer.answer { _ in .ok(set) }
          try await keeping.reach(1, "replaced")
        } else {
          #expect(try await keeping.verdict(key.token()) == "alice")
          #expect(keeping.ring.count == 2)
        }
      }
      // The issuer can't take the secret's place.
      let twin = keySet(try await IssuerKey("own").jwk())
      issuer.answer { _ in .ok(twin) }
      try await keeping.reach(1, "refused")
      #expect(try await keeping.verdict(token(kid: "own")) == "bob")
    }
    await issuer.stop()
  }

  @Test("The last good set is believed up to its age, and then nothing is decided until there is a newer")
  func maximumAge() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let issuer = try await StubIssuer { _ in .ok(set) }
    try await Keeping.run(
      .issuer(issuer) { timing in
        Self.often(&timing)
        timing.maximumAge = .seconds(1_000)
      }
    ) { keeping in
      try await keeping.reach(1, "replaced")
      issuer.answer { _ in .status("503 Service Unavailable") }
      try await keeping.reach(2, "status")
      keeping.clock.pass(.seconds(999))
      #expect(try await keeping.verdict(key.token()) == "alice")
      #expect(keeping.ring.remaining == .seconds(1))
      keeping.clock.pass(.seconds(1))
      #expect(try await keeping.verdict(key.token()) == "token_keys_missing")
      #expect(keeping.ring.count == 0)
      #expect(keeping.ring.readiness.state == .degraded, "who is connected can still be served")
      issuer.answer { _ in .ok(set) }
      #expect(await eventually { keeping.ring.count == 1 })
      #expect(try await keeping.verdict(key.token()) == "alice", "the same bytes are as good as new ones")
    }
    await issuer.stop()
  }

  @Test("A failure is logged when it begins, when it changes, again after ten minutes, and when it ends")
  func log() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let issuer = try await StubIssuer { _ in .ok(set) }
    let log = LogLines()
    try await Keeping.run(.issuer(issuer, change: Self.often), log: log) { keeping in
      try await keeping.reach(1, "replaced")
      issuer.answer { _ in .status("500 Internal Server Error") }
      try await keeping.reach(5, "status")
      issuer.answer { _ in .ok("{}") }
      try await keeping.reach(5, "refused")
      keeping.clock.pass(.seconds(601))
      #expect(await eventually { log.lines.count == 4 })
      keeping.clock.pass(.seconds(86_400))
      #expect(await eventually { log.lines.count == 5 })
      issuer.answer { _ in .ok(set) }
      #expect(await eventually { log.lines.count == 6 })
    }
    let name = "setting=PROXYHOOKS_TOKEN_JWKS_URL"
    #expect(
      log.lines == [
        "notice token keys are new keys=1 \(name)",
        "warning token keys could not be had; the last ones stay age_seconds=0 \(name) trusted_for_seconds=86400 "
          + "why=status (500)",
        "warning token keys could not be had; the last ones stay age_seconds=0 \(name) trusted_for_seconds=86400 "
          + "why=refused (malformed_set)",
        "warning token keys could not be had; the last ones stay age_seconds=601 \(name) trusted_for_seconds=85799 "
          + "why=refused (malformed_set)",
        "error token keys could not be had; the last ones are too old to be believed age_seconds=87001 \(name) "
          + "trusted_for_seconds=0 why=refused (malformed_set)",
        "notice token keys can be had again \(name)",
      ])
    await issuer.stop()
  }

  @Test("Metrics tell loads by outcome, keys and age")
  func metrics() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let issuer = try await StubIssuer { _ in .ok(set) }
    try await Keeping.run(.issuer(issuer)) { keeping in
      let metrics = Metrics(version: "test")
      metrics.addKeys(keeping.ring, counts: keeping.counts)
      try await keeping.reach(1, "replaced")
      keeping.clock.pass(.seconds(7))
      let text = metrics.text
      #expect(text.contains("# TYPE proxyhooks_token_key_loads_total counter\n"))
      #expect(text.contains("proxyhooks_token_key_loads_total{outcome=\"replaced\"} 1"))
      #expect(text.contains("proxyhooks_token_key_loads_total{outcome=\"timed_out\"} 0"))
      #expect(text.contains("proxyhooks_token_keys 1"))
      #expect(text.contains("proxyhooks_token_keys_age_seconds 7"))
    }
    await issuer.stop()
  }
}
