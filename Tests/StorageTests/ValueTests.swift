import Testing

@testable import Storage

@Suite("Values of storage")
struct ValueTests {
  @Test("A UUID is read in either case and written in lower case")
  func uuid() {
    #expect(
      MessageID("F81D4FAE-7dec-11d0-a765-00a0c91e6bf6")?.description == "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
    #expect(MessageID("00000000-0000-0000-0000-000000000000") != nil)
  }

  @Test(
    "What is no UUID is none",
    arguments: [
      "", "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
      "f81d4fae-7dec-11d0-a765-00a0c91e6bfg", "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
      "f81d4fae-7dec-11d0-a76500a0c91e6bf6-",
      "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 ", "f81d4fae_7dec_11d0_a765_00a0c91e6bf6",
      "\u{FF46}81d4fae-7dec-11d0-a765-00a0c91e6bf",
    ])
  func noUUID(text: String) {
    #expect(MessageID(text) == nil)
  }

  @Test("Random ids are of version 4 and differ")
  func random() {
    let ids = (0..<100).map { _ in MessageID.random().description }
    #expect(Set(ids).count == 100)
    #expect(
      ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil }
    )
    #expect(ids.allSatisfy { MessageID($0)?.description == $0 })
  }

  @Test("A Redis address is read with its parts")
  func redis() throws {
    let full = try #require(RedisAddress("redis://me:p%40ss@example.test:6380/2"))
    #expect(full.endpoint == .tcp(host: "example.test", port: "6380"))
    #expect((full.user, full.password, full.database) == ("me", "p@ss", 2))
    #expect(RedisAddress("redis://localhost")?.endpoint == .tcp(host: "localhost", port: "6379"))
    #expect(RedisAddress("redis://:secret@[::1]:7000")?.endpoint == .tcp(host: "::1", port: "7000"))
    #expect(RedisAddress("unix:/run/redis.sock?db=3")?.database == 3)
    #expect(!full.description.contains("p@ss") && !full.description.contains("example"))
  }

  @Test(
    "What is no Redis address is none",
    arguments: [
      "", "localhost:6379", "rediss://localhost", "redis://", "redis://h:0", "redis://h:x", "redis://h/x",
      "redis://h/-1", "unix:relative", "redis://%zz@h",
    ])
  func noRedis(text: String) {
    #expect(RedisAddress(text) == nil)
  }

  @Test("The wait before a new attempt doubles up to its bound, with jitter")
  func backoff() {
    var backoff = Backoff()
    var longest = Backoff.shortestMilliseconds
    for _ in 0..<12 {
      let wait = backoff.next()
      #expect((longest / 2...longest).contains(wait))
      longest = min(longest * 2, Backoff.longestMilliseconds)
    }
    backoff.reset()
    #expect(backoff.next() <= Backoff.shortestMilliseconds)
  }
}
