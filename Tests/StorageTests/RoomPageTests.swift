import Auth
import Foundation
import Testing

@testable import Storage

@Suite("Pages of rooms")
struct RoomPageTests {
  private let mayListen = Policy.standard.guard(for: .rooms)

  private static func store() async throws -> RoomStore {
    let store = try RoomStore(
      settings: DatabaseSettings(url: try TestServers.database(), statementMilliseconds: 8_000), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    return store
  }

  /// A new person's memberships, for each of `matches` its state and for how many minutes it has been there; returns the person
  /// and the matches' ids.
  private static func person(_ matches: [(state: String, age: Int)]) throws -> (UserID, [String]) {
    let person = "p-\(MessageID.random())"
    let ids = matches.indices.map { String(format: "%@-%05d", person, $0) }
    let values = zip(ids, matches).map { "('\($0)', '\($1.state)', \($1.age))" }.joined(separator: ",")
    try TestServers.run(
      """
      create temporary table given (id text, state text, age integer);
      insert into given values \(values);
      insert into proxyhooks.route_match (id) select id from given;
      insert into proxyhooks.match_member (match_id, user_id, role, joined_at)
      select id, '\(person)', 'rider', date_trunc('day', now()) - age * interval '1 minute' from given;
      update proxyhooks.route_match t set state = g.state from given g where t.id = g.id and g.state <> 'open';
      drop table given
      """)
    return (try user(person), ids)
  }

  private func page(_ store: RoomStore, of person: UserID, before: RoomStore.Place? = nil, limit: Int) async throws -> (
    matches: [String], next: RoomStore.Place?
  ) {
    let outcome = try await store.rooms(of: person, .init(before: before, limit: limit), if: mayListen, by: .soon)
    let rooms = try #require(JSONSerialization.jsonObject(with: Data(outcome.rooms)) as? [[String: Any]])
    #expect(String(decoding: outcome.blocked, as: UTF8.self) == "[]")
    return (try rooms.map { try #require($0["match"] as? String) }, outcome.next)
  }

  /// All pages, one after the other.
  private func pages(_ store: RoomStore, of person: UserID, limit: Int) async throws -> [[String]] {
    var (found, next) = ([[String]](), RoomStore.Place?.none)
    repeat {
      let page = try await page(store, of: person, before: next, limit: limit)
      found.append(page.matches)
      next = page.next
    } while next != nil && found.count < 50
    return found
  }

  @Test(
    "Pages follow one another without a gap and without a room twice, of one moment or many",
    arguments: [1, 4, 5, 8, 12, 200])
  func pages(limit: Int) async throws {
    // 12 open ones; the numbers 4 to 9 began at one moment.
    let ages = [0, 1, 1, 2, 5, 5, 5, 5, 5, 5, 9, 20, 21, 22]
    let (person, ids) = try Self.person(ages.enumerated().map { ($0 == 1 || $0 == 11 ? "closed" : "open", $1) })
    let wanted = [0, 2, 3, 9, 8, 7, 6, 5, 4, 10, 12, 13].map { ids[$0] }
    let found = try await pages(try await Self.store(), of: person, limit: limit)
    #expect(found.flatMap(\.self) == wanted)
    #expect(found.dropLast().allSatisfy { $0.count == limit })
    #expect(found.count == (wanted.count + limit - 1) / limit)
  }

  @Test("A page goes on from its place though the membership there, or its match, is gone")
  func goneInBetween() async throws {
    let store = try await Self.store()
    let (person, ids) = try Self.person((0..<6).map { ("open", $0) })
    let first = try await page(store, of: person, limit: 2)
    #expect(first.matches == Array(ids[0...1]))
    try TestServers.run("delete from proxyhooks.route_match where id = '\(ids[1])'")
    #expect(try await page(store, of: person, before: first.next, limit: 2).matches == Array(ids[2...3]))
  }

  @Test("Without a limit a page has 200 rooms")
  func longest() async throws {
    let store = try await Self.store()
    let (person, _) = try Self.person((0..<205).map { ("open", $0) })
    let outcome = try await store.rooms(of: person, if: mayListen, by: .soon)
    let rooms = try #require(JSONSerialization.jsonObject(with: Data(outcome.rooms)) as? [Any])
    #expect(rooms.count == 200)
    #expect(try await page(store, of: person, before: outcome.next, limit: 200).matches.count == 5)
  }

  @Test("A page ends where enough memberships were looked at, and says where to go on")
  func bound() async throws {
    let store = try await Self.store()
    let most = RoomStore.mostLookedAt
    let (person, ids) = try Self.person((0...most).map { ($0 == most ? "open" : "closed", $0) })
    let first = try await page(store, of: person, limit: 10)
    #expect(first.matches == [])
    #expect(first.next?.match.text == ids[most - 1])
    let second = try await page(store, of: person, before: first.next, limit: 10)
    #expect(second.matches == [ids[most]])
    #expect(second.next == nil)
  }

  @Test("The last membership that is looked at is shown once, if it may be")
  func atTheBound() async throws {
    let store = try await Self.store()
    let most = RoomStore.mostLookedAt
    let (person, ids) = try Self.person((0..<most).map { ($0 == most - 1 ? "open" : "closed", $0) })
    #expect(try await pages(store, of: person, limit: 10) == [[ids[most - 1]], []])
  }

  @Test("Memberships of all times have a place")
  func times() async throws {
    let store = try await Self.store()
    let (person, ids) = try Self.person((0..<5).map { ("open", $0) })
    let times = [
      "infinity", "2026-11-22 16:37:08.409001Z", "1999-12-31 23:59:59.999999Z", "0044-03-15Z BC", "-infinity",
    ]
    for (id, time) in zip(ids, times) {
      try TestServers.run("update proxyhooks.match_member set joined_at = '\(time)' where match_id = '\(id)'")
    }
    #expect(try await pages(store, of: person, limit: 1) == ids.map { [$0] })
  }

  @Test("A place is read as it was written")
  func place() throws {
    let match = try #require(MatchID("a.b-1"))
    for joinedAt in [Int64.min, -1, 0, 1, 848_000_000_123_456, .max] {
      let place = RoomStore.Place(joinedAt: joinedAt, match: match)
      #expect(RoomStore.Place(place.description) == place)
    }
  }

  @Test(
    "What is no place is none",
    arguments: [
      "", ".", "1", "1.", ".m", "m.1", "1.a b", "1.m:x", "01.m", "+1.m", "-0.m", " 1.m", "1 .m", "1,m", "1.5e3 .m",
      "9223372036854775808.m", "1.\u{0}", "1.ä", "1." + String(repeating: "m", count: 65),
    ])
  func noPlace(text: String) {
    #expect(RoomStore.Place(text) == nil)
  }
}
