import Auth
import Foundation
import Testing

@testable import ProxyHooks

@Suite("Tokens of unknown keys")
struct KeyWaitingTests {
  @Test("A key that is newer than the set is found while its first token waits")
  func newKey() async throws {
    let (old, new) = (try await IssuerKey("old"), try await IssuerKey("new"))
    let (oldSet, newSet) = (keySet(old.jwk()), keySet(new.jwk()))
    let issuer = try await StubIssuer { _ in .ok(oldSet) }
    try await Keeping.run(.issuer(issuer)) { keeping in
      try await keeping.reach(1, "replaced")
      issuer.answer { _ in .ok(newSet) }
      #expect(try await keeping.verdict(new.token()) == "alice")
      #expect(issuer.requests.count == 2)
    }
    await issuer.stop()
  }

  @Test(
    "A key that took another's kid, or that has none like the one before it, is found too", arguments: ["same", nil])
  func replacedKey(kid: String?) async throws {
    let (old, new) = (try await IssuerKey("same"), try await IssuerKey("same"))
    let (oldSet, newSet) = (keySet(old.jwk(kid: kid)), keySet(new.jwk(kid: kid)))
    let issuer = try await StubIssuer { _ in .ok(oldSet) }
    try await Keeping.run(.issuer(issuer)) { keeping in
      try await keeping.reach(1, "replaced")
      issuer.answer { _ in .ok(newSet) }
      #expect(try await keeping.verdict(new.token(hasKeyID: kid != nil)) == "alice")
      #expect(issuer.requests.count == 2)
      #expect(try await keeping.verdict(old.token(hasKeyID: kid != nil)) == "signature_mismatch", "for good")
    }
    await issuer.stop()
  }

  @Test("A hundred at once wait for one fetch, and all get what it brought")
  func singleFlight() async throws {
    let (old, new) = (try await IssuerKey("old"), try await IssuerKey("new"))
    let (oldSet, newSet) = (keySet(old.jwk()), keySet(new.jwk()))
    let issuer = try await StubIssuer { _ in .ok(oldSet) }
    try await Keeping.run(.issuer(issuer)) { keeping in
      try await keeping.reach(1, "replaced")
      let gate = Gate()
      issuer.answer { _ in .held(gate, StubIssuer.text("200 OK", newSet)) }
      let verdicts = try await withThrowingTaskGroup(of: String.self) { group in
        let token = try new.token()
        for _ in 0..<100 { group.addTask { await keeping.verdict(token) } }
        #expect(await eventually { keeping.ring.waiterCount == 100 })
        #expect(await eventually { issuer.requests.count == 2 })
        #expect(try await keeping.verdict(old.token()) == "alice", "a good token does not wait with them")
        gate.open()
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(verdicts == Array(repeating: "alice", count: 100))
      #expect(issuer.requests.count == 2)
    }
    await issuer.stop()
  }

  @Test("A flood of made-up keys causes one fetch in an interval, and is refused at once for the rest of it")
  func flood() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let issuer = try await StubIssuer { _ in .ok(set) }
    try await Keeping.run(.issuer(issuer)) { keeping in
      try await keeping.reach(1, "replaced")
      // Whoever made them: they look the same, and their signatures are never looked at.
      @Sendable func flood(_ count: Int) async throws -> Set<String> {
        try await withThrowingTaskGroup(of: String.self) { group in
          for number in 0..<count {
            let token = try key.token(kid: "made-up-\(number)")
            group.addTask { await keeping.verdict(token) }
          }
          return try await group.reduce(into: []) { $0.insert($1) }
        }
      }
      #expect(try await flood(200) == ["key_unknown"])
      #expect(issuer.requests.count == 2)
      // Nothing would answer a second question in time, so whoever waited for one would be waiting now.
      issuer.answer { _ in .silence }
      keeping.clock.pass(.seconds(3_599))
      #expect(try await flood(200) == ["key_unknown"])
      #expect(issuer.requests.count == 2)
      #expect(keeping.ring.waiterCount == 0)
      #expect(try await keeping.verdict(key.token()) == "alice")
      issuer.answer { _ in .ok(set) }
      keeping.clock.pass(.seconds(1))
      #expect(try await flood(200) == ["key_unknown"])
      #expect(issuer.requests.count == 3)
    }
    await issuer.stop()
  }

  @Test("While the issuer can't be asked, an unknown key is refused for now and not for good")
  func unconfirmed() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let issuer = try await StubIssuer { _ in .ok(set) }
    try await Keeping.run(.issuer(issuer) { $0.unknownInterval = .seconds(30) }) { keeping in
      try await keeping.reach(1, "replaced")
      issuer.answer { _ in .status("500 Internal Server Error") }
      keeping.clock.pass(.seconds(31))
      let unknown = try key.token(kid: "other")
      #expect(await keeping.verdict(unknown) == "token_key_unconfirmed")
      #expect(issuer.requests.count == 2)
      #expect(await keeping.verdict(unknown) == "token_key_unconfirmed")
      #expect(issuer.requests.count == 2, "a fetch that failed counts")
      issuer.answer { _ in .ok(set) }
      keeping.clock.pass(.seconds(30))
      #expect(await keeping.verdict(unknown) == "key_unknown", "the issuer has said so")
      #expect(issuer.requests.count == 3)
    }
    await issuer.stop()
  }

  @Test("Nobody waits longer than the patience, and what arrives later does not wait at all")
  func patience() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let issuer = try await StubIssuer { _ in .ok(set) }
    try await Keeping.run(.issuer(issuer) { $0.unknownInterval = .seconds(30) }, patience: .milliseconds(50)) {
      keeping in
      try await keeping.reach(1, "replaced")
      let gate = Gate()
      issuer.answer { _ in .held(gate, StubIssuer.text("200 OK", set)) }
      keeping.clock.pass(.seconds(31))
      let unknown = try key.token(kid: "other")
      #expect(await keeping.verdict(unknown) == "token_key_unconfirmed")
      #expect(keeping.loads == 1, "its fetch is still under way")
      #expect(await keeping.verdict(unknown) == "token_key_unconfirmed")
      #expect(keeping.loads == 1, "and was not waited for again")
      #expect(await eventually { issuer.requests.count == 2 })
      gate.open()
      try await keeping.reach(1, "unchanged")
    }
    await issuer.stop()
  }

  @Test("Before the first set a good token waits for the fetch that is under way")
  func firstFetch() async throws {
    let key = try await IssuerKey("key")
    let set = keySet(key.jwk())
    let gate = Gate()
    let issuer = try await StubIssuer { _ in .held(gate, StubIssuer.text("200 OK", set)) }
    try await Keeping.run(.issuer(issuer)) { keeping in
      #expect(await eventually { issuer.requests.count == 1 })
      let token = try key.token()
      async let verdict = keeping.verdict(token)
      #expect(await eventually { keeping.ring.waiterCount == 1 })
      gate.open()
      #expect(await verdict == "alice")
      #expect(issuer.requests.count == 1, "there was one under way")
    }
    await issuer.stop()
  }

  @Test("At the end nobody is left waiting")
  func end() async throws {
    let key = try await IssuerKey("key")
    let issuer = try await StubIssuer { _ in .silence }
    let waiting = try await withThrowingTaskGroup(of: String.self) { group in
      try await Keeping.run(.issuer(issuer)) { keeping in
        let token = try key.token()
        group.addTask { await keeping.verdict(token) }
        #expect(await eventually { keeping.ring.waiterCount == 1 })
      }
      return try await group.next()
    }
    #expect(waiting == "token_keys_missing")
    await issuer.stop()
  }

  @Test("Once a ring is closed, who waits goes on, and nobody waits any more")
  func closed() async throws {
    let issuer = try await StubIssuer { _ in .silence }
    let token = try await IssuerKey("key").token()
    let ring = KeyRing(try .issuer(issuer), rules: TokenRules(), patience: .seconds(3_600))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = await ring.verify(token, now: Installation.now) }
      #expect(await eventually { ring.waiterCount == 1 })
      ring.close()
    }
    guard case .undecided(.noKeys) = await ring.verify(token, now: Installation.now) else {
      Issue.record("decided without keys")
      return
    }
    await issuer.stop()
  }

  @Test("More than a bounded number do not wait")
  func bound() async throws {
    let key = try await IssuerKey("key")
    let gate = Gate()
    let issuer = try await StubIssuer { _ in .held(gate, StubIssuer.text("500 Oops", "")) }
    try await Keeping.run(.issuer(issuer)) { keeping in
      let token = try key.token()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<KeyWaiting.maximumWaiters { group.addTask { _ = await keeping.verdict(token) } }
        #expect(await eventually { keeping.ring.waiterCount == KeyWaiting.maximumWaiters })
        #expect(await keeping.verdict(token) == "token_keys_missing")
        #expect(keeping.ring.waiterCount == KeyWaiting.maximumWaiters, "the others wait on")
        gate.open()
      }
    }
    await issuer.stop()
  }

  @Test("The pause doubles from failure to failure, within bounds, and is never the same for all")
  func schedule() {
    var timing = KeyTiming(interval: .seconds(300), unknownInterval: .seconds(30), maximumAge: .seconds(86_400))
    var schedule = KeySchedule(timing)
    for seconds in [1.0, 2, 4, 8, 16, 32, 60, 60] {
      #expect((.seconds(seconds / 2) ... .seconds(seconds)).contains(schedule.afterFailure()))
    }
    for _ in 0..<100_000 { _ = schedule.afterFailure() }
    #expect((.seconds(270) ... .seconds(300)).contains(schedule.afterSuccess()))
    #expect(schedule.afterFailure() <= .seconds(1))
    timing.interval = .seconds(10)
    schedule = KeySchedule(timing)
    for _ in 0..<20 { #expect(schedule.afterFailure() <= .seconds(10)) }
    #expect(Set((0..<20).map { _ in schedule.afterSuccess() }).count > 1)
  }
}
