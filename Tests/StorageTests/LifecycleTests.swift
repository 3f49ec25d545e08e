import Auth
import Foundation
import Testing

@testable import Storage

/// What the app's SQL makes Centrifugo do: each function, the plain SQL beside it, and what they leave alone.
@Suite("A match's life")
struct LifecycleTests {
  /// A new match's name, and what the outbox has been given since the last look.
  private struct Life {
    let id = "m-\(MessageID.random())"

    func run(_ sql: String) throws -> Bool? {
      try TestServers.run(sql.replacing("$M", with: "'\(id)'")).text(0, 0).map { $0 == "t" }
    }

    /// Each command as `method` and what it is about: an event's name with its channels, or the user.
    func told() throws -> [String] {
      let result = try TestServers.run(
        """
        with gone as (delete from proxyhooks.outbox where payload::text like '%\(id)%' and partition = 0
                      returning id, method, payload)
        select method, payload::text from gone order by id
        """)
      return try (0..<result.rowCount).map { row in
        let method = try #require(result.text(row, 0))
        let text = try #require(result.text(row, 1))
        let payload = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        if method == "unsubscribe" {
          #expect(payload["channel"] as? String == "match:\(id)")
          return "unsubscribe \(payload["user"] ?? "")"
        }
        let data = try #require(payload["data"] as? [String: Any])
        #expect(data["match"] as? String == id)
        #expect((data["at"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect((payload["idempotency_key"] as? String)?.count == 36)
        let channels = try #require(payload["channels"] as? [String]).map { $0.replacing(id, with: "$M") }
        let who = [data["user"], data["role"]].compactMap { $0 as? String }
        return ([data["event"] as? String ?? ""] + who + channels).joined(separator: " ")
      }
    }
  }

  @Test("A match that is made has a room and its members, each of whom is told on their own channel")
  func creation() throws {
    let life = Life()
    #expect(try life.run("select proxyhooks.create_match($M, array['ann', 'ben'], array['driver', 'rider'])") == true)
    #expect(
      try life.told() == ["member_joined ann driver match:$M user:ann", "member_joined ben rider match:$M user:ben"])
    #expect(try life.run("select count(*) = 1 from proxyhooks.chat_room where match_id = $M") == true)
    #expect(try life.run("select proxyhooks.create_match($M, array['eve'], array['rider'])") == false)
    #expect(try life.told() == [])
    #expect(try life.run("select count(*) = 2 from proxyhooks.match_member where match_id = $M") == true)
  }

  @Test("Each change of a member is told once, and each end of a membership ends the subscription in the same commit")
  func members() throws {
    let life = Life()
    _ = try life.run("select proxyhooks.create_match($M)")
    for (call, changes, told) in [
      ("join_match($M, 'ann', 'rider')", true, ["member_joined ann rider match:$M user:ann"]),
      ("join_match($M, 'ann', 'rider')", false, []),
      ("join_match($M, 'ann', 'driver')", true, ["member_role_changed ann driver match:$M user:ann"]),
      ("mute_member($M, 'ann')", true, ["member_muted ann driver match:$M user:ann"]),
      ("mute_member($M, 'ann')", false, []),
      ("unmute_member($M, 'ann')", true, ["member_unmuted ann driver match:$M user:ann"]),
      ("leave_match($M, 'ann')", true, ["member_left ann driver match:$M user:ann", "unsubscribe ann"]),
      ("leave_match($M, 'ann')", false, []),
      ("mute_member($M, 'ann')", true, []),  // of one who is gone nobody is told
      ("join_match($M, 'ann', 'driver')", true, ["member_joined ann driver match:$M user:ann"]),
      ("remove_member($M, 'ann')", true, ["member_removed ann driver match:$M user:ann", "unsubscribe ann"]),
      ("join_match($M, 'ann', 'driver')", false, []),  // removed for good
      ("leave_match($M, 'ann')", true, []),
      ("readmit_member($M, 'ann')", true, []),  // may join again, and has not
      ("join_match($M, 'ann', 'rider')", true, ["member_joined ann rider match:$M user:ann"]),
      ("leave_match($M, 'nobody')", false, []),
      ("remove_member('no-such-match', 'ann')", false, []),
      ("join_match('no-such-match', 'ann', 'rider')", false, []),
    ] as [(String, Bool, [String])] {
      #expect(try life.run("select proxyhooks.\(call)") == changes, "\(call)")
      #expect(try life.told() == told, "\(call)")
    }
  }

  @Test("Plain SQL on the tables is told like the functions: a deleted membership ends its subscription too")
  func plainSQL() throws {
    let life = Life()
    _ = try life.run("insert into proxyhooks.route_match (id) values ($M)")
    _ = try life.run("insert into proxyhooks.match_member values ($M, 'ann', 'driver'), ($M, 'ben', 'rider')")
    _ = try life.told()
    _ = try life.run("delete from proxyhooks.match_member where match_id = $M and user_id = 'ben'")
    #expect(try life.told() == ["member_left ben rider match:$M user:ben", "unsubscribe ben"])
    _ = try life.run("update proxyhooks.match_member set joined_at = now() where match_id = $M")
    #expect(try life.told() == [])
    _ = try life.run("delete from proxyhooks.route_match where id = $M")
    #expect(try life.told() == ["member_left ann driver match:$M user:ann", "unsubscribe ann"])
  }

  @Test("A membership can't be moved to another match or person, nor a match get another id")
  func identity() throws {
    let life = Life()
    _ = try life.run("select proxyhooks.create_match($M, array['ann'], array['driver'])")
    for sql in [
      "update proxyhooks.match_member set user_id = 'eve' where match_id = $M",
      "update proxyhooks.route_match set id = 'other-' || id where id = $M",
    ] {
      #expect(throws: StorageError.self) { try life.run(sql) }
    }
  }

  @Test("A match that ends is told to its room and to every present member, and ends every subscription")
  func ends() throws {
    let life = Life()
    _ = try life.run(
      "select proxyhooks.create_match($M, array['ann', 'ben', 'cal'], array['driver', 'rider', 'rider'])")
    _ = try life.run("select proxyhooks.leave_match($M, 'cal')")
    _ = try life.told()
    #expect(try life.run("select proxyhooks.close_match($M)") == true)
    #expect(
      try life.told() == ["match_closed match:$M user:ann user:ben", "unsubscribe ann", "unsubscribe ben"])
    #expect(try life.run("select proxyhooks.close_match($M)") == false)
    #expect(try life.told() == [])
    #expect(try life.run("select proxyhooks.reopen_match($M)") == true)
    #expect(try life.told() == ["match_opened match:$M user:ann user:ben"])
    #expect(try life.run("select proxyhooks.cancel_match($M)") == true)
    #expect(
      try life.told() == ["match_cancelled match:$M user:ann user:ben", "unsubscribe ann", "unsubscribe ben"])
  }

  @Test("A match without members can end")
  func emptyMatch() throws {
    let life = Life()
    _ = try life.run("select proxyhooks.create_match($M)")
    #expect(try life.run("select proxyhooks.close_match($M)") == true)
    #expect(try life.told() == ["match_closed match:$M"])
  }

  @Test("A ban ends every connection for good, a revocation has each come again with another token; each once")
  func endsOfConnections() throws {
    let person = "p-\(MessageID.random())"
    func told() throws -> [String?] {
      let result = try TestServers.run(
        """
        with gone as (delete from proxyhooks.outbox where payload::text like '%\(person)%' and partition = 0
                      returning id, method, payload)
        select method || ' ' || payload::text from gone order by id
        """)
      return (0..<result.rowCount).map { result.text($0, 0) }
    }
    func run(_ call: String) throws -> Bool {
      try TestServers.run("select proxyhooks.\(call)").bool(0, 0) ?? false
    }
    let banned = #"disconnect {"user":"\#(person)","disconnect":{"code":4503,"reason":"banned"}}"#
    let expired = #"disconnect {"user":"\#(person)","disconnect":{"code":4001,"reason":"token expired"}}"#
    #expect(try run("ban_user('\(person)')"))
    #expect(try told() == [banned])
    #expect(try run("ban_user('\(person)')") == false)
    #expect(try told() == [])
    #expect(try run("ban_user('\(person)', now() - interval '1 day')"))
    #expect(try told() == [])  // a ban that is over
    #expect(try run("ban_user('\(person)', now() + interval '1 day')"))
    #expect(try told() == [banned])
    #expect(try run("unban_user('\(person)')"))
    #expect(try run("unban_user('\(person)')") == false)
    #expect(try run("revoke_tokens('\(person)')"))
    #expect(try told() == [expired])
    #expect(try run("revoke_tokens('\(person)', now() - interval '1 day')") == false)
    #expect(try told() == [])
    #expect(try run("revoke_token('\(person)')"))
    #expect(try run("revoke_token('\(person)')") == false)
  }

  @Test("A change that is rolled back tells nobody")
  func rollback() throws {
    let life = Life()
    _ = try life.run("select proxyhooks.create_match($M, array['ann'], array['driver'])")
    _ = try life.told()
    try TestServers.run("begin; select proxyhooks.leave_match('\(life.id)', 'ann'); rollback")
    #expect(try life.told() == [])
  }

  @Test("Whoever joins while a match is being closed is either told of it and unsubscribed, or joins after it")
  func joinDuringClose() async throws {
    let life = Life()
    _ = try life.run("select proxyhooks.create_match($M, array['ann'], array['driver'])")
    let joining = try PostgresConnection(
      url: try TestServers.database(), applicationName: "test", by: .soon)
    _ = try joining.run(
      script: "begin; select proxyhooks.join_match('\(life.id)', 'ben', 'rider')", by: .soon)
    async let closed = Task.detached { try life.run("select proxyhooks.close_match($M)") }.value
    // The close waits for the join: it can't be told of a member whom it does not see.
    try await eventually("the close waits") {
      try TestServers.run(
        """
        select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%close_match(''\(life.id)%'
        """
      ).integer(0, 0) ?? 0 > 0
    }
    _ = try joining.run(script: "commit", by: .soon)
    #expect(try await closed == true)
    #expect(try life.told().suffix(2) == ["unsubscribe ann", "unsubscribe ben"])
  }

  @Test("A change of members or matches with the snapshot of an older moment is refused")
  func isolation() throws {
    let life = Life()
    _ = try life.run("select proxyhooks.create_match($M, array['ann'], array['driver'])")
    for level in ["repeatable read", "serializable"] {
      for call in ["leave_match('\(life.id)', 'ann')", "close_match('\(life.id)')"] {
        #expect(throws: StorageError.self) {
          try TestServers.run("begin isolation level \(level); select proxyhooks.\(call); commit")
        }
      }
    }
    #expect(try life.run("select proxyhooks.leave_match($M, 'ann')") == true)
  }

  @Test("No function that runs with its owner's rights can be executed by everybody")
  func rights() throws {
    let open = try TestServers.run(
      """
      select count(*) filter (where has_function_privilege('public', oid, 'execute')), count(*) from pg_proc
       where pronamespace = 'proxyhooks'::regnamespace and prosecdef
      """)
    #expect(open.integer(0, 0) == 0)
    #expect(open.integer(0, 1) ?? 0 >= 8)
  }

  @Test("A month's partition is made by any of its days, and takes the month's messages")
  func periods() throws {
    let life = Life()
    _ = try life.run("select proxyhooks.make_period('2041-05-15')")
    _ = try life.run("select proxyhooks.make_period('2041-05-01')")
    #expect(
      try life.run(
        """
        with stored as (
          insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
          values ('2041-05-01', $M, 1, gen_random_uuid(), 'ann', 'text', 'x', now(), gen_random_uuid()) returning true)
        select * from stored
        """) == true)
  }

  @Test("A match that is deleted leaves no message behind in any month")
  func deletion() throws {
    let life = Life()
    _ = try life.run("select proxyhooks.create_match($M, array['ann'], array['driver'])")
    _ = try life.run(
      """
      select proxyhooks.make_period('2042-01-01');
      insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
      select p, $M, 1, gen_random_uuid(), 'ann', 'text', 'x', now(), gen_random_uuid()
        from (select '2042-01-01'::date union select period from proxyhooks.chat_room where match_id = $M) s (p)
      """)
    _ = try life.run("delete from proxyhooks.route_match where id = $M")
    #expect(try life.run("select count(*) = 0 from proxyhooks.message where match_id = $M") == true)
  }
}
