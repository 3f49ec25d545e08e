import Foundation
import Testing

@testable import Storage

/// The adapter in docs/integrations/hopalong, on a database with the app's schema.
@Suite("Hopalong")
struct HopalongTests {
  @Test(
    "A ride makes a match with its owner as driver; who joins rides along, and an owner among the members still drives")
  func members() throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.ride("r")
    #expect(try app.members("r") == "ann:driver")
    _ = try app.told()
    try app.run(#"insert into "_RideMembers" values ('r', 'ann'), ('r', 'ben'), ('r', 'cal')"#)
    #expect(try app.members("r") == "ann:driver ben:rider cal:rider")
    #expect(try app.told() == ["broadcast member_joined ben", "broadcast member_joined cal"])
    try app.run(#"delete from "_RideMembers" where "B" = 'ben'"#)
    #expect(try app.members("r") == "ann:driver cal:rider")
    #expect(try app.told() == ["broadcast member_left ben", "unsubscribe ben"])
    try app.run(#"delete from "_RideMembers" where "B" = 'ann'"#)
    #expect(try app.members("r") == "ann:driver cal:rider")
    try app.run(#"update "_RideMembers" set "B" = 'dan' where "B" = 'cal'"#)
    #expect(try app.members("r") == "ann:driver dan:rider")
    _ = try app.told()
    try app.run(#"truncate "_RideMembers""#)
    #expect(try app.members("r") == "ann:driver")
    #expect(try app.told() == ["broadcast member_left dan", "unsubscribe dan"])
    #expect(try app.number("select count(*) from proxyhooks.trigger_settings where match_namespace = 'ride'") == 1)
  }

  @Test("A ride's new owner drives; the old one leaves, or rides along if they stand among the members")
  func owners() throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.ride("r")
    try app.run(#"insert into "_RideMembers" values ('r', 'ben')"#)
    try app.run(#"update "Ride" set "ownerId" = 'ben' where id = 'r'"#)
    #expect(try app.members("r") == "ben:driver")
    try app.run(#"update "Ride" set "ownerId" = 'ann' where id = 'r'"#)
    #expect(try app.members("r") == "ann:driver ben:rider")
    _ = try app.told()
    try app.run(#"update "Ride" set "totalCost" = 9 where id = 'r'"#)
    #expect(try app.told() == [])
  }

  @Test("A ride that is deleted is a cancelled match whose messages stay; one of the same id opens it again")
  func deletion() throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.ride("r")
    try app.run(#"insert into "_RideMembers" values ('r', 'ben')"#)
    try app.message("m", in: "r", from: "ben", "'hello'", at: "2025-03-11 10:00")
    _ = try app.told()
    try app.run(#"delete from "Ride" where id = 'r'"#)
    #expect(try app.state("r") == "cancelled")
    #expect(try app.told() == ["broadcast match_cancelled", "unsubscribe ann", "unsubscribe ben"])
    #expect(try app.number("select count(*) from proxyhooks.message where match_id = 'r'") == 1)
    try app.run(#"delete from "Route""#)
    try app.ride("r", owner: "cal")
    #expect(try app.state("r") == "open")
    #expect(try app.members("r") == "cal:driver")
    try app.run(#"truncate "Ride" cascade"#)
    #expect(try app.state("r") == "cancelled")
  }

  @Test("A user who is deleted is in no match any more, has no name and no good token; their own rides are cancelled")
  func users() throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.ride("own", owner: "ben")
    try app.ride("other")
    try app.run(#"insert into "_RideMembers" values ('other', 'ben')"#)
    // A match that the app's tables know nothing of.
    try app.run("select proxyhooks.create_match('elsewhere', array['ben'], array['rider'])")
    _ = try app.told()
    try app.run(#"delete from "User" where id = 'ben'"#)
    #expect(try app.state("own") == "cancelled")
    #expect(try app.members("other") == "ann:driver")
    #expect(try app.members("elsewhere") == "")
    #expect(try app.number("select count(*) from proxyhooks.token_not_before where user_id = 'ben'") == 1)
    #expect(try Set(app.told()).isSuperset(of: ["unsubscribe ben", "disconnect ben"]))
  }

  @Test("Names are shown by the privacy rule, from the app's commit on")
  func names() throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.user("eve", level: 2)
    func name(_ user: String) throws -> String? {
      try app.lines("select name from proxyhooks.person where user_id = '\(user)'").first
    }
    #expect(try name("eve") == "eve P.")
    for (change, shown) in [
      (#""privacyLevel" = 0"#, "eve Public"), (#""firstName" = E' Eva\t\u0007  M.  '"#, "Eva M. Public"),
      (#""privacyLevel" = 1, "privateFName" = '', "privateLName" = E'\u00A0'"#, nil),
      (#""privateFName" = repeat('x', 200)"#, String(repeating: "x", count: 100)),
    ] as [(String, String?)] {
      try app.run(#"update "User" set \#(change) where id = 'eve'"#)
      #expect(try name("eve") == shown, "\(change)")
    }
    try app.run(#"delete from "User" where id = 'eve'"#)
    #expect(try name("eve") == nil)
  }

  @Test("An id that the chat does not take costs the app nothing and is listed")
  func unfitIDs() throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.user("a user")
    try app.ride("a/ride")
    try app.ride("r", owner: "a user")
    try app.run(#"insert into "_RideMembers" values ('r', 'ben'), ('a/ride', 'ben')"#)
    try app.message("m1", in: "r", from: "a user", "'x'", at: "2025-03-11 10:00")
    try app.message("m2", in: "a/ride", from: "ben", "'x'", at: "2025-03-11 10:00")
    try app.message("m3", in: "r", from: "ben", "'x'", at: "2025-03-11 10:00")
    try app.run(#"delete from "Ride" where id = 'a/ride'; delete from "User" where id = 'dan'"#)
    #expect(try app.members("a/ride") == nil)
    #expect(try app.members("r") == "ben:rider")
    #expect(
      try app.lines("select what || ' ' || id from proxyhooks_hopalong.skipped order by 1") == [
        "Message m1", "User a user",
      ])
    #expect(try app.number("select count(*) from proxyhooks.message") == 1)
  }

  @Test("Two transactions that each take half of a membership away leave none of it")
  func halves() async throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.ride("r")
    try app.run(#"insert into "_RideMembers" values ('r', 'ann')"#)
    let first = try PostgresConnection(url: app.url, applicationName: "test", by: .soon)
    _ = try first.run(script: #"begin; update public."Ride" set "ownerId" = 'ben' where id = 'r'"#, by: .soon)
    async let second = onOwnThread {
      try app.run(#"delete from "_RideMembers" where "A" = 'r' and "B" = 'ann'"#).rowCount
    }
    try await eventually("the second waits") {
      try app.number(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%_RideMembers%'") > 0
    }
    _ = try first.run(script: "commit", by: .soon)
    _ = try await second
    #expect(try app.members("r") == "ben:driver")
  }

  @Test("A message that the app's old call stores is stored in the room too, and broadcast once")
  func messages() throws {
    let app = try Hopalong()
    try app.runFile("install.sql")
    try app.ride("r")
    _ = try app.told()
    let id = "6f0c9c9e-5b60-4f5e-9a2a-0d8a7c3f1d11"
    try app.message(id, in: "r", from: "ann", #"E'one\r\ntwo'"#, at: "2025-03-11 10:00")
    #expect(try app.told() == ["publish one\ntwo"])
    #expect(try app.lines("select id from proxyhooks.message") == [id])
    // Whoever may not write there has it in the app's table alone.
    try app.message("m2", in: "r", from: "dan", "'stranger'", at: "2025-03-11 10:01")
    try app.message("m3", in: "r", from: "ann", "'  '", at: "2025-03-11 10:02")
    #expect(try app.told() == [])
    #expect(try app.number(#"select count(*) from "Message""#) == 3)
    try app.run(
      #"""
      insert into "Message" (id, content, "senderId", "rideId", "sentAt") values
        ('m5', 'second', 'ann', 'r', '2025-03-11 11:00'), ('m4', 'first', 'ann', 'r', '2025-03-11 10:30')
      """#)
    #expect(try app.told() == ["publish first", "publish second"])
    #expect(try app.number("select last_seq from proxyhooks.chat_room where match_id = 'r'") == 3)
  }

  /// A ride with a history in the wrong order, with a former member's messages and such as the chat would not take.
  private func appWithHistory() throws -> Hopalong {
    let app = try Hopalong(rides: 2)
    try app.run(#"insert into "_RideMembers" values ('ride-0', 'ben')"#)
    for (id, sender, content, sentAt) in [
      ("m-3", "cal", "'third'", "2025-03-12 10:00:00.25"), ("m-1", "ann", "'first'", "2025-02-27 10:00"),
      ("6f0c9c9e-5b60-4f5e-9a2a-0d8a7c3f1d11", "ben", #"E'bell\u0007'"#, "2025-03-11 10:00"),
      ("m-4", "ben", "repeat('x', 5000)", "2025-03-13 10:00"), ("m-5", "ben", "''", "2025-03-13 10:01"),
      ("m-6", "ben", #"E' \u200B\n'"#, "2025-03-13 10:02"),
    ] { try app.message(id, in: "ride-0", from: sender, content, at: sentAt) }
    return app
  }

  private func history(_ app: Hopalong) throws -> [String] {
    try app.lines(
      """
      select concat_ws(' ', seq, sender, left(text, 10), length(text), to_char(sent_at at time zone 'UTC', 'MM-DD HH24:MI:SS.MS'))
        from proxyhooks.message where match_id = 'ride-0' order by seq
      """)
  }

  private let told = [
    "1 ann first 5 02-27 10:00:00.000", "2 ben bell\u{FFFD} 5 03-11 10:00:00.000", "3 cal third 5 03-12 10:00:00.250",
    "4 ben xxxxxxxxxx 4000 03-13 10:00:00.000",
  ]

  @Test("What is there is brought in once, in the order in which it was said, and nobody is told")
  func imports() throws {
    let app = try appWithHistory()
    try app.runFile("install.sql")
    #expect(
      try app.lines(
        "select concat_ws(' ', rides, messages, mended, shortened, rides_done) from proxyhooks_hopalong.plan")
        == ["2 4 1 1 0"])
    for _ in 0..<2 {
      try app.bringIn()
      #expect(try history(app) == told)
      #expect(try app.told() == [])
    }
    #expect(try app.lines("select concat_ws(' ', rides_done, messages_done) from proxyhooks_hopalong.plan") == ["2 4"])
    #expect(try app.lines("select id from proxyhooks_hopalong.skipped order by id") == ["m-5", "m-6"])
    #expect(try app.members("ride-0") == "ann:driver ben:rider")
    #expect(try app.members("ride-1") == "ann:driver")
    let room = try app.run(
      "select last_seq, period, created_at at time zone 'UTC' from proxyhooks.chat_room where match_id = 'ride-0'")
    #expect((0..<3).map { room.text(0, $0) } == ["4", "2025-02-01", "2025-03-10 12:00:00"])
    #expect(
      try app.lines("select user_id || ':' || seq from proxyhooks.read_position order by 1") == ["ann:4", "ben:4"])
    #expect(
      try app.lines("select user_id from proxyhooks.match_member where match_id = 'ride-0' and left_at is not null")
        == ["cal"])
    #expect(try app.lines("select name from proxyhooks.person where user_id = 'dan'") == ["dan Public"])
  }

  @Test("An import that comes after the first new message brings what was said before it in first")
  func importBeforeMessage() throws {
    let app = try appWithHistory()
    try app.runFile("install.sql")
    try app.message("m-9", in: "ride-0", from: "ben", "'now'", at: "2025-04-01 10:00")
    #expect(try app.told() == ["publish now"])
    #expect(try history(app).dropLast() == told[...])
    try app.bringIn()
    #expect(try history(app).count == 5)
  }

  @Test("After a second installation an import finds what is there, and whoever left meanwhile leaves")
  func reinstalled() throws {
    let app = try appWithHistory()
    try app.runFile("install.sql")
    try app.runFile("install.sql")
    try app.bringIn()
    try app.runFile("uninstall.sql")
    try app.run(#"delete from "_RideMembers""#)
    #expect(try app.members("ride-0") == "ann:driver ben:rider")
    try app.runFile("install.sql")
    try app.bringIn()
    #expect(try history(app) == told)
    #expect(try app.members("ride-0") == "ann:driver")
    #expect(try app.told() == ["broadcast member_left ben", "unsubscribe ben"])
  }

  @Test("Rides older than asked for are passed over")
  func since() throws {
    let app = try appWithHistory()
    try app.runFile("install.sql")
    try app.bringIn(since: "2025-03-12")
    #expect(try app.members("ride-0") != nil)
    #expect(try app.members("ride-1") == nil)
  }

  @Test("A ride of a month that is being dropped comes into the present one, and waits for who is beginning to drop it")
  func endingMonth() async throws {
    let app = try appWithHistory()
    try app.runFile("install.sql")
    let prune = try PostgresConnection(url: app.url, applicationName: "test", by: .soon)
    _ = try prune.run(script: "begin; insert into proxyhooks.ending_period values ('2025-02-01')", by: .soon)
    async let imported: Void = onOwnThread { try app.bringIn() }
    try await eventually("the import waits") {
      try app.number(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'call%' and datname = current_database()"
      ) > 0
    }
    _ = try prune.run(script: "commit", by: .soon)
    try await imported
    #expect(
      try app.number(
        """
        select count(*) from proxyhooks.chat_room
         where match_id = 'ride-0' and period = date_trunc('month', now() at time zone 'UTC')
        """) == 1)
    #expect(try history(app) == told)
  }

  @Test("Uninstalled, the app's schema is to the letter what it was, and the rooms stay")
  func uninstalls() throws {
    let app = try appWithHistory()
    let before = try Self.schema(of: app)
    try app.runFile("install.sql")
    #expect(try Self.schema(of: app) != before)
    try app.bringIn()
    try app.runFile("uninstall.sql")
    try app.runFile("uninstall.sql")
    #expect(try Self.schema(of: app) == before)
    #expect(try app.number("select count(*) from pg_namespace where nspname = 'proxyhooks_hopalong'") == 0)
    #expect(try history(app) == told)
    try app.ride("later")
    #expect(try app.members("later") == nil)
  }

  /// Everything that a dump would show of the schema public: columns, constraints, indexes, triggers, functions, rights.
  private static func schema(of app: Hopalong) throws -> [String] {
    try app.lines(
      """
      select l from (
        select concat_ws(' ', 'column', a.attrelid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
                         a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as l
          from pg_attribute a join pg_class c on c.oid = a.attrelid
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         where c.relnamespace = 'public'::regnamespace and a.attnum > 0
        union all select concat_ws(' ', 'relation', c.relname, c.relkind, c.relacl::text, c.reloptions::text)
          from pg_class c where c.relnamespace = 'public'::regnamespace
        union all select concat_ws(' ', 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
          from pg_constraint k where k.connamespace = 'public'::regnamespace
        union all select 'index ' || pg_get_indexdef(i.indexrelid) from pg_index i
          join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace
        union all select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t
          join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
        union all select 'function ' || p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
        union all select 'type ' || t.typname from pg_type t where t.typnamespace = 'public'::regnamespace
      ) s order by l
      """)
  }
}
