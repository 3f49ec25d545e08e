import Testing

@testable import ProxyHooks

@Suite("subscribe")
struct SubscribeHookTests {
  @Test("A member gets role, last number and read position, and an end")
  func member() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    for number in 0..<3 {
      _ = try await installation.publish(#"{"id":"\#(uuid())","kind":"text","text":"\#(number)"}"#, in: match)
    }
    try installation.run("insert into proxyhooks.read_position (match_id, user_id, seq) values ('\(match)', 'bob', 2)")
    let reply = try await installation.subscribe("match:\(match)", as: "bob")
    #expect(Set(try #require(reply.result).keys) == ["expire_at", "info", "data"])
    #expect(try #require(reply.result?["expire_at"] as? Int64) > Installation.now)
    let data = try #require(reply.data)
    #expect(Set(data.keys) == ["match", "role", "last_seq", "read_seq"])
    #expect(data["match"] as? String == match)
    #expect(data["role"] as? String == "rider")
    #expect(data["last_seq"] as? Int == 3)
    #expect(data["read_seq"] as? Int == 2)
  }

  @Test("A foreign match, an unknown one, and a channel that is none get the same bytes")
  func strangers() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let channels = [
      "match:\(match)", "match:no-such-match", "match:", "match", "user:mallory", "user:alice", "other:x",
      "match:\(match)#mallory", "$match:\(match)", "match:\(match):x", "match:\u{301}\(match)",
      "match:\u{200D}\(match)", "match:\(match),x", "Match:\(match)", "",
      "match:\(String(repeating: "a", count: 65))", "match:é", "match: \(match)",
    ]
    var replies: Set<[UInt8]> = []
    for channel in channels {
      replies.insert(
        try await installation.reply(.subscribe, #"{"client":"c","user":"mallory","channel":"\#(channel)"}"#))
    }
    #expect(replies == [Array(#"{"error":{"code":403,"message":"permission denied"}}"#.utf8)])
  }

  @Test("An anonymous user is nobody's member")
  func anonymous() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    #expect(try await installation.subscribe("match:\(match)", as: "").errorCode == 403)
    #expect(try await installation.call(.subscribe, #"{"client":"c","channel":"match:\#(match)"}"#).errorCode == 403)
  }

  @Test("From the commit of a removal on the member is refused", arguments: ["left_at", "banned_at"])
  func removal(column: String) async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    #expect(try await installation.subscribe("match:\(match)").result != nil)
    try installation.run(
      "update proxyhooks.match_member set \(column) = now() where match_id = '\(match)' and user_id = 'alice'")
    #expect(try await installation.subscribe("match:\(match)").errorCode == 403)
    #expect(try await installation.subscribe("match:\(match)", as: "bob").result != nil)
    try installation.run("update proxyhooks.match_member set \(column) = null where match_id = '\(match)'")
    #expect(try await installation.subscribe("match:\(match)").result != nil)
  }

  @Test("A closed match tells its members so, and strangers nothing", arguments: ["closed", "cancelled"])
  func closed(state: String) async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    try installation.run("update proxyhooks.route_match set state = '\(state)' where id = '\(match)'")
    #expect(try await installation.subscribe("match:\(match)").errorCode == 451)
    #expect(try await installation.subscribe("match:\(match)", as: "mallory").errorCode == 403)
  }

  @Test("A muted member still listens; who is banned from the service does not")
  func mutedAndBanned() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    try installation.run(
      """
      update proxyhooks.match_member set muted_at = now() where match_id = '\(match)' and user_id = 'alice';
      insert into proxyhooks.match_member (match_id, user_id, role) values ('\(match)', 'subscribe-banned', 'rider');
      insert into proxyhooks.user_ban (user_id) values ('subscribe-banned') on conflict do nothing
      """)
    #expect(try await installation.subscribe("match:\(match)").result != nil)
    #expect(try await installation.subscribe("match:\(match)", as: "subscribe-banned").errorCode == 403)
  }
}
