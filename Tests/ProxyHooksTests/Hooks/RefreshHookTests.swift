import Testing

@testable import ProxyHooks

@Suite("refresh and sub_refresh")
struct RefreshHookTests {
  private func refresh(_ user: String, _ meta: String?) -> String {
    #"{"client":"c","user":"\#(user)"\#(meta.map { #","meta":\#($0)"# } ?? "")}"#
  }

  @Test("A connection goes on, always with an end")
  func goesOn() async throws {
    let reply = try await Installation.shared.call(.refresh, refresh("alice", #"{"proxyhooks":1,"iat":5,"jti":"j"}"#))
    #expect(reply.result?.keys.map { $0 } == ["expire_at"])
    #expect(try #require(reply.result?["expire_at"] as? Int64) > Installation.now)
  }

  @Test(
    "Without a user, or without the meta that connect made, a connection ends",
    arguments: [
      ("alice", nil), ("alice", "{}"), ("alice", #"{"team":"blue"}"#), ("alice", #"{"proxyhooks":2}"#),
      ("alice", #"{"proxyhooks":1,"jti":7}"#), ("alice", #"{"proxyhooks":1,"iat":"5"}"#), ("", #"{"proxyhooks":1}"#),
      ("no such id", #"{"proxyhooks":1}"#),
    ] as [(String, String?)])
  func ends(user: String, meta: String?) async throws {
    #expect(try await Installation.shared.call(.refresh, refresh(user, meta)).isExpired)
  }

  @Test("A ban and a revocation end the connection")
  func standing() async throws {
    let installation = try await Installation.shared
    try installation.run(
      """
      insert into proxyhooks.user_ban (user_id) values ('refresh-banned');
      insert into proxyhooks.revoked_token (jti) values ('refresh-jti')
      """)
    #expect(try await installation.call(.refresh, refresh("refresh-banned", #"{"proxyhooks":1}"#)).isExpired)
    #expect(try await installation.call(.refresh, refresh("alice", #"{"proxyhooks":1,"jti":"refresh-jti"}"#)).isExpired)
  }

  @Test("A body that can't be read ends what it is about", arguments: [HookKind.refresh, .subRefresh])
  func malformed(kind: HookKind) async throws {
    let installation = try await Installation.shared
    for body in ["", "x", "[]", "{}", #"{"user":1}"#, #"{"user":"alice","user":"alice"}"#] {
      #expect(try await installation.call(kind, body).isExpired, "\(body)")
    }
  }

  @Test("A subscription goes on while its person is a member of an open match")
  func subRefresh() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    func reply(_ user: String, _ channel: String, _ meta: String = #"{"proxyhooks":1}"#) async throws -> [String: Any] {
      try await installation.call(
        .subRefresh, #"{"client":"c","user":"\#(user)","channel":"\#(channel)","meta":\#(meta)}"#)
    }
    let good = try await reply("bob", "match:\(match)")
    #expect(good.result?.keys.map { $0 } == ["expire_at"])
    #expect(try await reply("mallory", "match:\(match)").isExpired)
    #expect(try await reply("bob", "match:\(match)", #"{"team":"blue"}"#).isExpired)
    let bare = #"{"client":"c","user":"bob","channel":"match:\#(match)"}"#
    #expect(try await !installation.call(.subRefresh, bare).isExpired, "meta may be off for sub_refresh")
    #expect(try await reply("bob", "match:none").isExpired)
    #expect(try await reply("bob", "user:bob").isExpired)
    #expect(try await reply("bob", match).isExpired)
    try installation.run("insert into proxyhooks.revoked_token (jti) values ('sub-jti') on conflict do nothing")
    #expect(try await reply("bob", "match:\(match)", #"{"proxyhooks":1,"jti":"sub-jti"}"#).isExpired)
    try installation.run(
      "update proxyhooks.match_member set left_at = now() where match_id = '\(match)' and user_id = 'bob'")
    #expect(try await reply("bob", "match:\(match)").isExpired)
    #expect(try await !reply("alice", "match:\(match)").isExpired)
    try installation.run("update proxyhooks.route_match set state = 'closed' where id = '\(match)'")
    #expect(try await reply("alice", "match:\(match)").isExpired)
  }
}
