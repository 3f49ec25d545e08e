import Testing

@testable import ProxyHooks
@testable import Storage

@Suite("Limits near their edge")
struct LimitWatchTests {
  private func note(_ watch: LimitWatch, _ owner: String, fullness: Int, isReached: Bool = false) throws {
    let rate = try #require(RateLimit(count: 10, periodMilliseconds: 1_000))
    let event = LimitedEvent(
      owner: owner,
      limits: [
        .init(name: "publish_user", subject: "", rate: rate), .init(name: "publish_room", subject: "m", rate: rate),
      ])
    let verdict = LimitVerdict(
      reached: isReached ? "publish_room" : nil, retryAfterMilliseconds: 0, source: .redis, fullest: 1,
      fullness: fullness)
    watch.note(event, verdict)
  }

  @Test("The fullest comes first, as it was last counted, with how often it has refused")
  func order() throws {
    let watch = LimitWatch()
    try note(watch, "low", fullness: 499)
    try note(watch, "half", fullness: 500)
    try note(watch, "full", fullness: 900)
    for _ in 0..<2 { try note(watch, "full", fullness: 1_000, isReached: true) }
    let entries = watch.nearEdge()
    #expect(entries.map(\.owner) == ["full", "half"])
    #expect(entries.map(\.fullness) == [1_000, 500])
    #expect(entries.map(\.refusals) == [2, 0])
    #expect(entries.allSatisfy { $0.limit == "publish_room" && $0.subject == "m" })
  }

  @Test("A flood of owners takes no more than its places, and leaves the latest")
  func bounded() throws {
    let watch = LimitWatch(places: 8)
    for number in 0..<100 { try note(watch, "owner-\(number)", fullness: 600) }
    let owners = watch.nearEdge().map(\.owner)
    #expect((1...8).contains(owners.count))
    #expect(owners.contains("owner-99") && !owners.contains("owner-0"))
  }
}
