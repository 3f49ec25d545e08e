import Auth
import Testing

@testable import ProxyHooks

@Suite struct DecisionRingTests {
  @Test("The ring keeps the latest, the newest first, and no more than it has places")
  func order() {
    let ring = DecisionRing(places: 3)
    #expect(ring.latest.isEmpty)
    for number in 1...8 {
      ring.add(.test(id: "r-\(number)"))
      let first = max(1, number - 2)
      #expect(ring.latest.map(\.id) == (first...number).reversed().map { "r-\($0)" })
    }
    #expect(ring.row(of: "r-7")?.id == "r-7")
    #expect(ring.row(of: "r-5") == nil)
  }

  @Test("A client's words are kept up to a bound, however long they were")
  func bound() {
    let ring = DecisionRing()
    ring.add(
      .test(
        .rpc, user: String(repeating: "ä", count: 30_000), channel: String(repeating: "b", count: 256),
        method: String(repeating: "c", count: 60_000)))
    let row = ring.latest[0]
    #expect(row.user.utf8.count <= DecisionRow.maximumBytes + 6 && row.user.hasSuffix("…"))
    #expect(row.channel == String(repeating: "b", count: 256))
    #expect(row.method.utf8.count <= DecisionRow.maximumBytes + 6)
  }

  @Test("Decisions are counted by the minute and the outcome, for ten minutes")
  func minutes() {
    let ring = DecisionRing(places: 2)
    for minute in 0..<12 {
      for _ in 0...minute { ring.add(.test(outcome: .allow, code: nil), at: UTCTime(seconds: Int64(minute) * 60 + 5)) }
    }
    ring.add(.test(outcome: .error, shadow: ("deny", "r")), at: UTCTime(seconds: 11 * 60 + 59))
    // A clock that was set back opens no minute of the past.
    ring.add(.test(outcome: .disconnect), at: UTCTime(seconds: 3 * 60))
    let counts = ring.counts(at: UTCTime(seconds: 11 * 60 + 59))
    #expect(counts.map(\.start) == (2...11).reversed().map { Int64($0) * 60 })
    #expect(counts[0].outcomes == [12, 0, 1, 1] && counts[0].shadow == 1)
    #expect(counts[9].outcomes == [3, 0, 0, 0])
    #expect(ring.counts(at: UTCTime(seconds: 15 * 60)).map(\.start).last == Int64(360))
  }

  @Test("Each filter lets through what it names and nothing else")
  func filters() throws {
    let rows = [
      DecisionRow(
        .test(id: "a", user: "alice", channel: "match:m1", outcome: .allow, code: nil, reason: "member_may"), at: .now),
      DecisionRow(.test(.subscribe, id: "b", user: "bob", channel: "match:m2", shadow: ("allow", "w")), at: .now),
      DecisionRow(
        .test(.rpc, id: "c", user: "alicia", channel: "", method: "chat:send", code: .muted, reason: "muted"), at: .now),
    ]
    let cases = [
      ("", "abc"), ("user=ali", "ac"), ("user=ALI", ""), ("channel=m2", "b"), ("hook=publish", "a"), ("hook=publi", ""),
      ("method=chat%3Asend", "c"), ("outcome=allow", "a"), ("code=muted", "c"), ("rule=may", "a"), ("shadow=1", "b"),
      ("user=ali&outcome=deny", "c"),
    ]
    for (text, ids) in cases {
      let filter = DecisionFilter(try ConsoleQuery(text, keys: Set(DecisionFilter.keys)))
      #expect(rows.filter(filter.passes).map(\.id).joined() == ids, "\(text)")
    }
  }
}
