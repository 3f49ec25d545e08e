import Foundation
import Testing

@testable import ProxyHooks
@testable import Storage

/// The methods that change what is stored, as a client calls them.
@Suite("Chat over rpc")
struct ChatMethodTests {
  /// A new match with a message of alice's; the message's id.
  private func said(_ installation: Installation, _ content: String = #""kind":"text","text":"first""#) async throws
    -> (
      match: String, id: String
    )
  {
    let match = try installation.newMatch()
    let id = uuid()
    let reply = try await installation.rpc("chat:send", #"{"match":"\#(match)","id":"\#(id)",\#(content)}"#)
    #expect(reply.data != nil)
    return (match, id)
  }

  private func uuid() -> String { UUID().uuidString.lowercased() }

  /// The names of the events that the outbox has about a match in the partitions of messages.
  private func events(_ installation: Installation, _ match: String) throws -> [String] {
    let rows = try installation.run(
      """
      select payload->'data'->>'event' from proxyhooks.outbox
       where partition > 0 and payload->'data'->>'match' = '\(match)' and payload->'data' ->> 'event' is not null
       order by id
      """)
    return (0..<rows.rowCount).compactMap { rows.text($0, 0) }
  }

  @Test("chat:read answers where the position is and what is unread, alike when it is asked again")
  func read() async throws {
    let installation = try await Installation.shared
    let (match, _) = try await said(installation)
    for (seq, position) in [(0, [0, 1]), (1, [1, 0]), (1, [1, 0]), (0, [1, 0])] {
      let data = try #require(
        try await installation.rpc("chat:read", #"{"match":"\#(match)","seq":\#(seq)}"#, as: "bob").data)
      #expect(data as NSDictionary == ["read_seq": position[0], "unread": position[1]])
    }
    let beyond = try await installation.rpc("chat:read", #"{"match":"\#(match)","seq":2}"#, as: "bob")
    #expect(beyond.errorCode == 458 && !beyond.isTemporary)
    #expect(try events(installation, match) == ["member_read"])
    let subscription = try await installation.subscribe("match:\(match)", as: "bob")
    #expect(subscription.data?["read_seq"] as? Int == 1)
  }

  @Test(
    "chat:edit answers the message as it is now, alike when it is asked again; the publish hook calls a resend stored")
  func edit() async throws {
    let installation = try await Installation.shared
    let (match, id) = try await said(installation)
    let arguments = #"{"match":"\#(match)","id":"\#(id)","text":"second"}"#
    let first = try #require(try await installation.rpc("chat:edit", arguments).data)
    let message = try #require(first["message"] as? NSDictionary)
    #expect(Set(first.keys) == ["message"] && message["text"] as? String == "second")
    #expect(try await installation.rpc("chat:edit", arguments).data as NSDictionary? == first as NSDictionary)
    #expect(try events(installation, match) == ["message_edited"])
    let page = try await installation.rpc("chat:history", #"{"match":"\#(match)"}"#).data
    #expect(page?["messages"] as? [NSDictionary] == [message])
    let resent = try await installation.publish(#"{"id":"\#(id)","kind":"text","text":"first"}"#, in: match)
    #expect(resent.errorCode == 452)
  }

  @Test("chat:delete leaves a tombstone, which can't be edited, and is answered alike when it is asked again")
  func delete() async throws {
    let installation = try await Installation.shared
    let (match, id) = try await said(installation, #""kind":"location","lat":1,"lon":2"#)
    let arguments = #"{"match":"\#(match)","id":"\#(id)"}"#
    let first = try #require(try await installation.rpc("chat:delete", arguments).data)
    let message = try #require(first["message"] as? [String: Any])
    #expect(Set(message.keys) == ["id", "seq", "match", "sender", "kind", "sent_at", "deleted_at"])
    #expect(try await installation.rpc("chat:delete", arguments).data as NSDictionary? == first as NSDictionary)
    let edit = #"{"match":"\#(match)","id":"\#(id)","lat":1,"lon":3}"#
    #expect(try await installation.rpc("chat:edit", edit).errorCode == 455)
    #expect(try events(installation, match) == ["message_deleted"])
  }

  @Test("Each refusal of a change has its own code, and nothing is changed")
  func refusals() async throws {
    let installation = try await Installation.shared
    let (match, id) = try await said(installation)
    func code(_ method: String, _ id: String, _ rest: String = "", as user: String = "alice") async throws -> Int? {
      let reply = try await installation.rpc(method, #"{"match":"\#(match)","id":"\#(id)"\#(rest)}"#, as: user)
      #expect(!reply.isTemporary)
      return reply.errorCode
    }
    let edited = #","text":"second""#
    for (id, user) in [(id, "bob"), (uuid(), "alice")] {
      #expect(try await code("chat:edit", id, edited, as: user) == 453)
      #expect(try await code("chat:delete", id, as: user) == 453)
    }
    #expect(try await code("chat:edit", id, #","lat":1,"lon":2"#) == 457)
    #expect(try await code("chat:report", uuid(), #","reason":"spam""#) == 454)
    try installation.run(
      "update proxyhooks.message set sent_at = sent_at - interval '901 seconds' where match_id = '\(match)'")
    #expect(try await code("chat:edit", id, edited) == 456)
    #expect(try await code("chat:edit", id, #","text":"first""#) == nil, "it says that already")
    try installation.run(
      "update proxyhooks.message set sent_at = sent_at - interval '1 day' where match_id = '\(match)'")
    #expect(try await code("chat:delete", id) == 456)
    let row = try installation.run(
      "select text, edited_at, deleted_at from proxyhooks.message where match_id = '\(match)'")
    #expect(row.text(0, 0) == "first" && row.text(0, 1) == nil && row.text(0, 2) == nil)
    #expect(try events(installation, match).isEmpty)
  }

  @Test("A window of 0 seconds lets nothing be edited or deleted")
  func closedWindows() async throws {
    let installation = try await Installation(
      policy: ["edit": "0s", "delete": "0s", "rpc_user": "off"])
    let (match, id) = try await said(installation)
    let target = #""match":"\#(match)","id":"\#(id)""#
    #expect(try await installation.rpc("chat:edit", #"{\#(target),"text":"second"}"#).errorCode == 456)
    #expect(try await installation.rpc("chat:delete", "{\(target)}").errorCode == 456)
  }

  @Test("chat:report answers nothing, also the second time, and is kept once")
  func report() async throws {
    let installation = try await Installation.shared
    let (match, id) = try await said(installation)
    let arguments = #"{"match":"\#(match)","id":"\#(id)","reason":"abuse","text":"they said \"first\""}"#
    for _ in 0..<2 {
      #expect(try await installation.rpc("chat:report", arguments, as: "bob").data?.isEmpty == true)
    }
    let rows = try installation.run("select reporter, reason, text from proxyhooks.report where match_id = '\(match)'")
    #expect(rows.rowCount == 1 && rows.text(0, 0) == "bob" && rows.text(0, 1) == "abuse")
    #expect(rows.text(0, 2) == #"they said "first""#)
    #expect(try events(installation, match).isEmpty)
  }

  @Test("Reports have a limit of their own, beside that of rpc")
  func reportLimit() async throws {
    let installation = try await Installation(policy: ["report_user": "2/1h"])
    let match = try installation.newMatch()
    let person = "reporter-\(uuid())"
    try installation.run("select proxyhooks.join_match('\(match)', '\(person)', 'rider')")
    let arguments = #"{"match":"\#(match)","id":"\#(uuid())","reason":"spam"}"#
    for code in [454, 454, 429] {
      #expect(try await installation.rpc("chat:report", arguments, as: person).errorCode == code)
    }
    #expect(try await installation.rpc("chat:history", #"{"match":"\#(match)"}"#, as: person).data != nil)
  }

  @Test("Every method counts towards the limit of rpc")
  func rpcLimit() async throws {
    let installation = try await Installation(policy: ["rpc_user": "1/1h"])
    for method in ["chat:read", "chat:edit", "chat:delete", "chat:report", "chat:block", "chat:unblock"] {
      let person = "caller-\(uuid())"
      #expect(try await installation.rpc(method, "{}", as: person).errorCode != 429, "\(method)")
      #expect(try await installation.rpc(method, "{}", as: person).errorCode == 429, "\(method)")
    }
  }

  @Test("Who is blocked is in the list of rooms, and their messages are marked for the blocker alone")
  func block() async throws {
    let installation = try await Installation.shared
    let (match, _) = try await said(installation)
    let person = "blocker-\(uuid())"
    try installation.run("select proxyhooks.join_match('\(match)', '\(person)', 'rider')")
    func marks(_ user: String) async throws -> [Bool?] {
      let page = try await installation.rpc("chat:history", #"{"match":"\#(match)"}"#, as: user).data
      let rooms = try await installation.rpc("chat:rooms", "{}", as: user).data?["rooms"] as? [[String: Any]]
      let room = rooms?.first { $0["match"] as? String == match }
      return [
        (page?["messages"] as? [[String: Any]])?.first?["blocked"] as? Bool,
        (room?["last_message"] as? [String: Any])?["blocked"] as? Bool,
      ]
    }
    for (method, blocked, mark) in [
      ("chat:block", ["alice"], true), ("chat:block", ["alice"], true), ("chat:unblock", [], nil),
      ("chat:unblock", [], nil),
    ] as [(String, [String], Bool?)] {
      #expect(try await installation.rpc(method, #"{"user":"alice"}"#, as: person).data?.isEmpty == true)
      let list = try await installation.rpc("chat:rooms", "{}", as: person).data
      #expect(list?["blocked"] as? [String] == blocked)
      #expect(try await marks(person) == [mark, mark])
      #expect(try await marks("bob") == [nil, nil])
    }
    try installation.run(
      """
      insert into proxyhooks.user_block (user_id, blocked_id)
      select '\(person)', 'b' || n from generate_series(1, 1000) n
      """)
    #expect(try await installation.rpc("chat:block", #"{"user":"alice"}"#, as: person).errorCode == 459)
    #expect(try await installation.rpc("chat:block", #"{"user":"b7"}"#, as: person).data?.isEmpty == true)
    try installation.run("select proxyhooks.ban_user('\(person)')")
    #expect(try await installation.rpc("chat:unblock", #"{"user":"b7"}"#, as: person).errorCode == 403)
  }

  @Test("Names stand beside a page and in the list of rooms")
  func names() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let person = "named-\(uuid())"
    try installation.run(
      "select proxyhooks.join_match('\(match)', '\(person)', 'rider'), proxyhooks.set_name('\(person)', 'Ann \"A\"')")
    let message = #"{"match":"\#(match)","id":"\#(uuid())","kind":"text","text":"x"}"#
    #expect(try await installation.rpc("chat:send", message, as: person).data != nil)
    let page = try #require(try await installation.rpc("chat:history", #"{"match":"\#(match)"}"#).data)
    #expect(page["names"] as? [String: String] == [person: "Ann \"A\""])
    let rooms = try await installation.rpc("chat:rooms", "{}", as: person).data?["rooms"] as? [[String: Any]]
    let members = try #require(rooms?.first?["members"] as? [[String: String]])
    #expect(members.contains(["user": person, "role": "rider", "name": "Ann \"A\""]))
    #expect(members.contains(["user": "bob", "role": "rider"]))
  }
}
