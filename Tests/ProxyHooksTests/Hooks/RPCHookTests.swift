import Foundation
import Testing

@testable import ProxyHooks

@Suite("rpc")
struct RPCHookTests {
  @Test("A member reads what was written, in order, as it was broadcast")
  func history() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    var sent: [NSDictionary] = []
    for number in 0..<5 {
      let reply = try await installation.publish(#"{"id":"\#(uuid())","kind":"text","text":"\#(number)"}"#, in: match)
      sent.append(try #require(reply.data) as NSDictionary)
    }
    let all = try #require(try await installation.rpc("chat:history", #"{"match":"\#(match)"}"#, as: "bob").data)
    #expect(Set(all.keys) == ["messages", "has_more", "names"])
    #expect(try #require(all["messages"] as? [NSDictionary]) == sent)
    #expect(all["has_more"] as? Bool == false)
    let page = try #require(
      try await installation.rpc("chat:history", #"{"match":"\#(match)","after":1,"limit":2}"#, as: "bob").data)
    #expect(try #require(page["messages"] as? [NSDictionary]) == Array(sent[1...2]))
    #expect(page["has_more"] as? Bool == true)
  }

  @Test("Who left, was removed, or never was a member reads nothing; of a closed match members still do")
  func membership() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    func code(_ user: String, _ match: String) async throws -> Int? {
      try await installation.rpc("chat:history", #"{"match":"\#(match)"}"#, as: user).errorCode
    }
    #expect(try await code("mallory", match) == 403)
    #expect(try await code("alice", "no-such-match") == 403)
    #expect(try await code("", match) == 403)
    try installation.run("update proxyhooks.route_match set state = 'closed' where id = '\(match)'")
    #expect(try await code("alice", match) == nil)
    try installation.run(
      "update proxyhooks.match_member set left_at = now() where match_id = '\(match)' and user_id = 'alice'")
    #expect(try await code("alice", match) == 403)
  }

  @Test(
    "Bad arguments of history name the field",
    arguments: [
      ("null", 400), ("[]", 400), ("{}", 1011), (#"{"match":1}"#, 1011), (#"{"match":"a b"}"#, 1011),
      (#"{"match":"m:x"}"#, 1011), (#"{"match":"a\u0000"}"#, 1011), (#"{"match":"a","match":"a"}"#, 1011),
      (#"{"match":"a","before":0}"#, 1012), (#"{"match":"a","before":-1}"#, 1012),
      (#"{"match":"a","before":"1"}"#, 1012),
      (#"{"match":"a","before":1.5}"#, 1012), (#"{"match":"a","before":1e3}"#, 1012),
      (#"{"match":"a","before":null}"#, 1012),
      (#"{"match":"a","before":9223372036854775808}"#, 1012), (#"{"match":"a","after":-1}"#, 1013),
      (#"{"match":"a","after":true}"#, 1013), (#"{"match":"a","limit":0}"#, 1014),
      (#"{"match":"a","limit":101}"#, 1014),
      (#"{"match":"a","limit":"10"}"#, 1014), (#"{"match":"a","offset":1}"#, 422),
    ])
  func badArguments(data: String, code: Int) async throws {
    #expect(try await Installation.shared.rpc("chat:history", data).errorCode == code)
  }

  @Test("The extremes of numbers are answered, not tripped over")
  func extremes() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    for data in [
      #""after":9223372036854775807"#, #""before":9223372036854775807"#, #""after":0,"before":1"#,
      #""after":9,"before":3"#,
    ] {
      let reply = try await installation.rpc("chat:history", #"{"match":"\#(match)",\#(data)}"#)
      #expect((reply.data?["messages"] as? [Any])?.isEmpty == true, "\(data)")
    }
  }

  @Test("The list of rooms takes an empty object or nothing")
  func rooms() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let person = "rooms-\(uuid())"
    try installation.run(
      "insert into proxyhooks.match_member (match_id, user_id, role) values ('\(match)', '\(person)', 'rider')")
    let data = try #require(try await installation.rpc("chat:rooms", "{}", as: person).data)
    #expect(Set(data.keys) == ["rooms", "blocked", "has_more"])
    #expect(data["has_more"] as? Bool == false)
    let rooms = try #require(data["rooms"] as? [[String: Any]])
    #expect(rooms.count == 1)
    #expect(rooms.first?["match"] as? String == match)
    #expect(rooms.first?["last_message"] is NSNull)
    let absent = try await installation.call(.rpc, #"{"client":"c","user":"\#(person)","method":"chat:rooms"}"#)
    #expect((absent.data?["rooms"] as? [Any])?.count == 1)
  }

  @Test("The list of rooms is read in pages, each from where the one before ended")
  func roomPages() async throws {
    let installation = try await Installation.shared
    let person = "pages-\(uuid())"
    let matches = try (0..<3).map { _ in try installation.newMatch() }
    for (place, match) in matches.enumerated() {
      try installation.run(
        """
        insert into proxyhooks.match_member (match_id, user_id, role, joined_at)
        values ('\(match)', '\(person)', 'rider', now() - \(place) * interval '1 minute')
        """)
    }
    func page(_ arguments: String) async throws -> (matches: [String], more: Bool, before: String?) {
      let data = try #require(try await installation.rpc("chat:rooms", arguments, as: person).data)
      let rooms = try #require(data["rooms"] as? [[String: Any]])
      return (
        rooms.compactMap { $0["match"] as? String }, try #require(data["has_more"] as? Bool), data["before"] as? String
      )
    }
    let first = try await page(#"{"limit":2}"#)
    #expect(first.matches == Array(matches[0...1]))
    #expect(first.more)
    let before = try #require(first.before)
    let second = try await page(#"{"limit":2,"before":"\#(before)"}"#)
    #expect(second.matches == [matches[2]])
    #expect(!second.more)
    #expect(second.before == nil)
    #expect(try await page(#"{"limit":3}"#).more == false)
    #expect(try await page(#"{"limit":200}"#).matches == matches)
  }

  @Test(
    "Bad arguments of the list of rooms name the field",
    arguments: [
      ("[]", 400), ("null", 400), (#"{"x":1}"#, 422), (#"{"match":"m"}"#, 422), (#"{"after":0}"#, 422),
      (#"{"limit":0}"#, 1014), (#"{"limit":201}"#, 1014), (#"{"limit":-1}"#, 1014), (#"{"limit":1.5}"#, 1014),
      (#"{"limit":"1"}"#, 1014), (#"{"limit":null}"#, 1014), (#"{"limit":9223372036854775808}"#, 1014),
      (#"{"before":1}"#, 1012), (#"{"before":null}"#, 1012), (#"{"before":""}"#, 1012), (#"{"before":"m"}"#, 1012),
      (#"{"before":"1.m\u0000"}"#, 1012), (#"{"before":"1.m","before":"1.m"}"#, 1012),
    ])
  func badRoomArguments(data: String, code: Int) async throws {
    #expect(try await Installation.shared.rpc("chat:rooms", data).errorCode == code)
  }

  @Test(
    "An unknown method is none, whatever it looks like",
    arguments: ["", "chat", "chat:", "chat:History", "chat:history ", "admin:drop", "chat:Send"])
  func unknown(method: String) async throws {
    #expect(try await Installation.shared.rpc(method, "{}").errorCode == 404)
  }
}
