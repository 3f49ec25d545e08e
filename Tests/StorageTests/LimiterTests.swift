import Testing

@testable import Storage

@Suite("Rate limits", .serialized)
struct LimiterTests {
  private func event(_ owner: String, _ limits: (String, Int, Int)...) throws -> LimitedEvent {
    LimitedEvent(
      owner: owner,
      limits: try limits.map { name, count, milliseconds in
        .init(name: name, subject: "", rate: try #require(RateLimit(count: count, periodMilliseconds: milliseconds)))
      })
  }

  private func limiter(_ redis: TestRedis, milliseconds: Int = 5_000) async throws -> RateLimiter {
    let limiter = try RateLimiter(address: redis.address, milliseconds: milliseconds, log: quiet)
    try await eventually("the lane connects") { limiter.status.isConnected }
    return limiter
  }

  private func passes(_ count: Int, _ event: LimitedEvent, _ limiter: RateLimiter) async -> Int {
    var passed = 0
    for _ in 0..<count where await limiter.verdict(on: event, by: .soon).reached == nil { passed += 1 }
    return passed
  }

  @Test("A burst of the limit's size passes, one more waits for one event's share of the period")
  func burst() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    let event = try event("a", ("day", 25, 86_400_000))
    #expect(await passes(25, event, limiter) == 25)
    let verdict = await limiter.verdict(on: event, by: .soon)
    #expect(verdict.reached == "day")
    #expect(verdict.source == .redis)
    #expect((3_300_000...3_456_000).contains(verdict.retryAfterMilliseconds))
    let other = try self.event("b", ("day", 25, 86_400_000))
    #expect(await limiter.verdict(on: other, by: .soon).reached == nil, "another owner has limits of their own")
  }

  @Test("What one limit refuses costs the others nothing")
  func allOrNothing() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    let both = try event("a", ("wide", 10, 3_600_000), ("narrow", 2, 3_600_000))
    #expect(await passes(9, both, limiter) == 2)
    #expect(await limiter.verdict(on: both, by: .soon).reached == "narrow")
    #expect(await passes(20, try event("a", ("wide", 10, 3_600_000)), limiter) == 8)
  }

  @Test("A limit is refilled with time")
  func refill() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    let event = try event("a", ("quick", 5, 100))
    #expect(await passes(5, event, limiter) == 5)
    try await eventually("it passes again") { await limiter.verdict(on: event, by: .soon).reached == nil }
  }

  @Test("Keys end by themselves")
  func expiry() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    _ = await limiter.verdict(on: try event("a", ("quick", 5, 100), ("slow", 5, 1_000)), by: .soon)
    try await eventually("no key is left") { try redis.run("DBSIZE") == .integer(0) }
  }

  @Test("A clock that was ahead costs at most one burst")
  func clockSetBack() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    try redis.run("SET", "ph:{a}:some:", "99999999999999999")
    let verdict = await limiter.verdict(on: try event("a", ("some", 5, 1_000)), by: .soon)
    #expect(verdict.retryAfterMilliseconds <= 1_000)
  }

  @Test("A flushed script is sent again")
  func scriptFlush() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    try redis.run("SCRIPT", "FLUSH")
    let verdict = await limiter.verdict(on: try event("a", ("some", 5, 60_000)), by: .soon)
    #expect(verdict.reached == nil && verdict.source == .redis)
  }

  @Test("While Redis is gone this instance counts by itself, and Redis again when it is back")
  func lostAndBack() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    let event = try event("a", ("hour", 3, 3_600_000))
    redis.kill()
    try await eventually("the lane notices") { !limiter.status.isConnected }
    #expect(await limiter.verdict(on: event, by: .soon).source == .local)
    #expect(limiter.countsLocally)
    #expect(await passes(10, event, limiter) == 2)
    try redis.start()
    try await eventually("the lane is back") { limiter.status.isConnected }
    #expect(await limiter.verdict(on: event, by: .soon).source == .redis)
    #expect(!limiter.countsLocally)
  }

  @Test("A Redis that does not answer costs its own short time, not the hook's, and its late replies reach nobody")
  func frozen() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis, milliseconds: 100)
    let event = try event("a", ("hour", 3, 3_600_000))
    redis.freeze()
    let start = Deadline.now
    #expect(await limiter.verdict(on: event, by: .soon).source == .local)
    #expect(Deadline.now - start < 60_000_000_000)
    redis.thaw()
    try await eventually("the lane is back") { limiter.status.isConnected }
    let fresh = try self.event("late", ("hour", 1, 3_600_000))
    #expect(await limiter.verdict(on: fresh, by: .soon).reached == nil)
    #expect(await limiter.verdict(on: fresh, by: .soon).reached == "hour")
  }

  @Test("A Redis that refuses to write leaves the counting to this instance", arguments: ["readonly", "oom"])
  func refusing(how: String) async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    if how == "oom" {
      try redis.run("CONFIG", "SET", "maxmemory", "1")
    } else {
      try redis.run("REPLICAOF", "127.0.0.1", "1")
    }
    let event = try event("a", ("hour", 1, 3_600_000))
    #expect(await limiter.verdict(on: event, by: .soon).source == .local)
    #expect(await limiter.verdict(on: event, by: .soon).reached == "hour")
  }

  @Test("The local limiter and the script let the same events pass")
  func localAgrees() async throws {
    let redis = try TestRedis()
    let limiter = try await limiter(redis)
    let local = LocalLimiter()
    for (count, tries) in [(1, 5), (7, 20), (40, 50)] {
      let event = try event("same-\(count)", ("hour", count, 3_600_000), ("more", count * 2, 3_600_000))
      for _ in 0..<tries {
        let there = await limiter.verdict(on: event, by: .soon)
        let here = local.verdict(on: event, now: 1_000_000)
        #expect(there.reached == here.reached && there.fullest == here.fullest)
        // What is refilled between two events is less than an hour's thousandth.
        #expect((here.fullness - 2...here.fullness).contains(there.fullness))
      }
    }
  }

  @Test("The local limiter's memory is bounded, and a full one gives nobody a fresh burst")
  func bounded() throws {
    let local = LocalLimiter(places: 3)
    for owner in ["a", "b", "c"] {
      #expect(local.verdict(on: try event(owner, ("some", 1, 10_000)), now: 0).reached == nil)
    }
    #expect(local.verdict(on: try event("d", ("some", 1, 10_000)), now: 0).reached == "some")
    #expect(local.verdict(on: try event("a", ("some", 1, 10_000)), now: 1).reached == "some")
    #expect(local.verdict(on: try event("d", ("some", 1, 10_000)), now: 10_000_001).reached == nil)
  }

  @Test(
    "A limit is read as it is written",
    arguments: [("25/10s", 25, 10_000), ("1/1h", 1, 3_600_000), ("5/250ms", 5, 250), ("9/2m", 9, 120_000)])
  func reading(text: String, count: Int, milliseconds: Int) {
    #expect(RateLimit(text) == RateLimit(count: count, periodMilliseconds: milliseconds))
  }

  @Test(
    "What is no limit is none",
    arguments: [
      "", "25", "25/", "/10s", "0/10s", "-1/10s", "25/0s", "25/10", "25/10d", "25/10s/1", "1e3/10s", "9999999/1s",
      "2000/1ms", "5/999999999999999999s",
    ])
  func noLimit(text: String) {
    #expect(RateLimit(text) == nil)
  }
}
