import Auth
import Foundation
import Testing

@testable import Storage

@Suite("Reading")
struct ReadingTests {
  private static func settings() throws -> DatabaseSettings { DatabaseSettings(url: try TestServers.database()) }
  private let mayListen = Policy.standard.guard(for: .subscribe)
  private let mayRead = Policy.standard.guard(for: .history)

  private func numbers(_ page: HistoryStore.Page, of match: MatchID, _ store: HistoryStore) async throws -> (
    [Int], Bool
  ) {
    let outcome = try await store.page(page, of: match, for: try user("bob"), if: mayRead, by: .soon)
    let found = try #require(outcome.page)
    let messages = try #require(JSONSerialization.jsonObject(with: Data(found.messages)) as? [[String: Any]])
    return (try messages.map { try #require($0["seq"] as? Int) }, found.hasMore)
  }

  @Test("Pages are found by number, ascend, and say whether there is more in their direction")
  func pages() async throws {
    let messages = try await messageStore()
    let match = try newMatch()
    for number in 1...12 {
      let message = try text("\(number)", in: match)
      _ = try await messages.store(message, if: Policy.standard.guard(for: .publish), by: .soon)
    }
    let store = try HistoryStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let expected: [(HistoryStore.Page, [Int], Bool)] = [
      (.init(limit: 5), [8, 9, 10, 11, 12], true), (.init(limit: 12), Array(1...12), false),
      (.init(limit: 100), Array(1...12), false), (.init(before: 8, limit: 3), [5, 6, 7], true),
      (.init(before: 4, limit: 3), [1, 2, 3], false), (.init(before: 1, limit: 3), [], false),
      (.init(after: 0, limit: 3), [1, 2, 3], true), (.init(after: 9, limit: 3), [10, 11, 12], false),
      (.init(after: 10, limit: 100), [11, 12], false), (.init(after: 12, limit: 3), [], false),
      (.init(after: 3, before: 6, limit: 100), [4, 5], false), (.init(after: 3, before: 9, limit: 2), [4, 5], true),
      (.init(after: .max, limit: 3), [], false), (.init(before: .max, limit: 1), [12], true),
    ]
    for (page, wanted, hasMore) in expected {
      let (found, more) = try await numbers(page, of: match, store)
      #expect(found == wanted, "\(page)")
      #expect(more == hasMore, "\(page)")
    }
  }

  @Test("A message reads in history byte for byte as it was broadcast")
  func sameBytes() async throws {
    let messages = try await messageStore()
    let match = try newMatch()
    let message = try text("same \u{7FF} \u{1F697} \"\\/", in: match)
    let stored = try await messages.store(message, if: Policy.standard.guard(for: .publish), by: .soon)
    let store = try HistoryStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let page = try await store.page(.init(limit: 1), of: match, for: try user("bob"), if: mayRead, by: .soon).page
    #expect(page?.messages == Array("[".utf8) + (stored.message?.json ?? []) + Array("]".utf8))
  }

  @Test("The list of rooms has the open matches a person is in, with what is unread")
  func rooms() async throws {
    let messages = try await messageStore()
    let person = "p-\(MessageID.random())"
    let (unread, left, closed) = (try newMatch(), try newMatch(), try newMatch())
    try TestServers.run(
      """
      insert into proxyhooks.match_member (match_id, user_id, role) select m, '\(person)', 'rider'
        from unnest(array['\(unread)', '\(left)', '\(closed)']) m;
      update proxyhooks.match_member set left_at = now() where match_id = '\(left)' and user_id = '\(person)';
      update proxyhooks.route_match set state = 'closed' where id = '\(closed)';
      insert into proxyhooks.read_position (match_id, user_id, seq) values ('\(unread)', '\(person)', 1)
      """)
    for said in ["a", "b", "c"] {
      let message = try text(said, in: unread)
      _ = try await messages.store(message, if: Policy.standard.guard(for: .publish), by: .soon)
    }
    let store = try RoomStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let outcome = try await store.rooms(of: try user(person), if: mayListen, by: .soon)
    let rooms = try #require(JSONSerialization.jsonObject(with: Data(outcome.rooms)) as? [[String: Any]])
    #expect(rooms.count == 1)
    let room = try #require(rooms.first)
    #expect(Set(room.keys) == ["match", "role", "last_seq", "read_seq", "unread", "last_message", "members"])
    #expect(room["match"] as? String == unread.text)
    #expect(room["role"] as? String == "rider")
    #expect(room["last_seq"] as? Int == 3)
    #expect(room["read_seq"] as? Int == 1)
    #expect(room["unread"] as? Int == 2)
    #expect((room["last_message"] as? [String: Any])?["text"] as? String == "c")
  }

  @Test("Who is banned, or in no match, has no rooms")
  func noRooms() async throws {
    let store = try RoomStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let nobody = try await store.rooms(of: try user("nobody-at-all"), if: mayListen, by: .soon)
    #expect(String(decoding: nobody.rooms, as: UTF8.self) == "[]")
    let match = try newMatch()
    try TestServers.run(
      """
      insert into proxyhooks.match_member (match_id, user_id, role) values ('\(match)', 'banned-reader', 'rider');
      insert into proxyhooks.user_ban (user_id) values ('banned-reader')
      """)
    let banned = try await store.rooms(of: try user("banned-reader"), if: mayListen, by: .soon)
    #expect(banned.isBanned)
    #expect(String(decoding: banned.rooms, as: UTF8.self) == "[]")
  }

  @Test("Bans end, single tokens and all tokens before a moment are revoked")
  func standing() async throws {
    let store = try StandingStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    try TestServers.run(
      """
      insert into proxyhooks.user_ban (user_id, until) values
        ('st-ever', null), ('st-still', now() + interval '1 hour'), ('st-over', now() - interval '1 second');
      insert into proxyhooks.token_not_before values ('st-reset', to_timestamp(1000));
      insert into proxyhooks.revoked_token (jti) values ('st-jti')
      """)
    func facts(_ name: String, jti: String? = nil, iat: Int64? = nil) async throws -> StandingFacts {
      try await store.standing(of: try user(name), tokenID: jti, issuedAt: iat, by: .soon)
    }
    #expect(try await facts("st-nobody") == StandingFacts(isBanned: false, isTokenRevoked: false))
    #expect(try await facts("st-ever").isBanned)
    #expect(try await facts("st-still").isBanned)
    #expect(try await !facts("st-over").isBanned)
    #expect(try await facts("st-reset", iat: 999).isTokenRevoked)
    #expect(try await !facts("st-reset", iat: 1_000).isTokenRevoked)
    #expect(try await facts("st-reset", iat: nil).isTokenRevoked)
    #expect(try await facts("st-nobody", jti: "st-jti").isTokenRevoked)
    #expect(try await !facts("st-nobody", jti: "st-jti2").isTokenRevoked)
  }
}
