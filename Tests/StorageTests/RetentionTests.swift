import Auth
import Foundation
import Testing

@testable import Storage

@Suite("Retention")
struct RetentionTests {
  /// A database of one test's own, since a month belongs to all rooms.
  private struct Old {
    let url: String

    init() throws { url = try TestServers.emptyDatabase(migrated: true) }

    func run(_ sql: String) throws -> PostgresResult { try TestServers.run(sql, on: url) }

    func number(_ sql: String) throws -> Int64 { try #require(try run(sql).integer(0, 0)) }

    /// A match of a month, with two members, messages of that month's third day, a position, an edit and a report.
    func match(_ id: String, month: String, state: String = "closed", messages: Int = 3) throws {
      _ = try run(
        """
        select proxyhooks.make_period('\(month)-01');
        select proxyhooks.create_match('\(id)', array['ann', 'ben'], array['driver', 'rider']);
        update proxyhooks.chat_room set period = '\(month)-01', created_at = '\(month)-01', last_seq = \(messages)
         where match_id = '\(id)';
        insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
        select '\(month)-01', '\(id)', n, gen_random_uuid(), 'ann', 'text', 'message ' || n, '\(month)-03', gen_random_uuid()
          from generate_series(1, \(messages)) n;
        insert into proxyhooks.read_position (match_id, user_id, seq) values ('\(id)', 'ben', 1);
        insert into proxyhooks.message_edit values ('\(id)', 1, '\(month)-03', 'before');
        insert into proxyhooks.report (match_id, seq, reporter, reason) values ('\(id)', 1, 'ben', 'spam');
        update proxyhooks.route_match set state = '\(state)' where id = '\(id)';
        delete from proxyhooks.outbox
        """)
    }

    func prune(_ plan: RetentionPlan) throws -> [String] {
      try Retention(url: url).run(plan).lines.map { "\($0.item): \($0.count) \($0.remark)" }
    }

    func hasMonth(_ month: String) throws -> Bool {
      try number("select count(*) from proxyhooks.message_partition where period = '\(month)-01'") == 1
    }

    /// How many rows of a match there are in all tables.
    func rows(of id: String) throws -> Int64 {
      try number(
        """
        select (select count(*) from proxyhooks.route_match where id = '\(id)')
             + (select count(*) from proxyhooks.chat_room where match_id = '\(id)')
             + (select count(*) from proxyhooks.match_member where match_id = '\(id)')
             + (select count(*) from proxyhooks.read_position where match_id = '\(id)')
             + (select count(*) from proxyhooks.message_edit where match_id = '\(id)')
             + (select count(*) from proxyhooks.report where match_id = '\(id)')
             + (select count(*) from proxyhooks.message where match_id = '\(id)')
        """)
    }
  }

  @Test(
    "A month whose matches are all over and long silent is dropped with all that belongs to them, and nobody is told")
  func dropped() throws {
    let old = try Old()
    try old.match("a", month: "2020-01")
    try old.match("b", month: "2020-01", state: "cancelled")
    try old.match("c", month: "2020-02")
    let lines = try old.prune(RetentionPlan(days: 90))
    #expect(lines.contains { $0.starts(with: "messages of 2020-01: 2 dropped, ") })
    #expect(lines.contains { $0.starts(with: "messages of 2020-02: 1 dropped, ") })
    for match in ["a", "b", "c"] { #expect(try old.rows(of: match) == 0) }
    #expect(try !old.hasMonth("2020-01"))
    #expect(try !old.hasMonth("2020-02"))
    #expect(try old.number("select count(*) from proxyhooks.outbox") == 0)
    #expect(try old.number("select count(*) from proxyhooks.ending_period") == 0)
  }

  @Test("Nothing is kept from its end by messages that are deleted one by one: the partition takes them along")
  func notRowByRow() throws {
    let old = try Old()
    try old.match("a", month: "2020-01")
    _ = try old.run("insert into proxyhooks.ending_period values ('2020-01-01')")
    #expect(try old.number("select proxyhooks.end_matches('2020-01-01', '2021-01-01', 10)") == 1)
    #expect(try old.number("select count(*) from proxyhooks.message where match_id = 'a'") == 3)
    _ = try old.run("delete from proxyhooks.ending_period")
    try old.match("b", month: "2020-01")
    _ = try old.run("delete from proxyhooks.route_match where id = 'b'")
    #expect(try old.number("select count(*) from proxyhooks.message where match_id = 'b'") == 0)
  }

  @Test("An open match holds its month, and so does one that was spoken in since; both are counted")
  func held() throws {
    let old = try Old()
    try old.match("over", month: "2020-01")
    try old.match("open", month: "2020-01", state: "open")
    try old.match("late", month: "2020-01")
    _ = try old.run("update proxyhooks.message set sent_at = now() where match_id = 'late' and seq = 3")
    #expect(try old.prune(RetentionPlan(days: 90)).contains("messages of 2020-01: 3 held by 2 rooms, 1 of them open"))
    #expect(try old.prune(RetentionPlan(days: 90, mostMovedRooms: 1)).contains { $0.contains("held by 2 rooms") })
    for match in ["over", "open", "late"] { #expect(try old.rows(of: match) == 10) }
  }

  @Test("Without a retention every month is kept; a month that is not wholly older than it is not looked at")
  func kept() throws {
    let old = try Old()
    try old.match("a", month: "2020-01")
    #expect(try !old.prune(RetentionPlan()).contains { $0.contains("2020-01") })
    let present = try #require(try old.run("select to_char(now() at time zone 'UTC', 'YYYY-MM')").text(0, 0))
    try old.match("b", month: present)
    #expect(try !old.prune(RetentionPlan(days: 1)).contains { $0.contains("messages of \(present)") })
    #expect(try old.rows(of: "a") == 0)
    #expect(try old.rows(of: "b") == 10)
  }

  @Test("A dry run says what would be done and changes nothing")
  func dryRun() throws {
    let old = try Old()
    try old.match("a", month: "2020-01")
    try old.match("open", month: "2020-02", state: "open")
    _ = try old.run(
      """
      insert into proxyhooks.revoked_token values ('t', '2020-01-01', '2020-01-02');
      drop table proxyhooks.message_\(try #require(try old.run("select to_char(now() + interval '2 months', 'YYYYMM')").text(0, 0)))
      """)
    let lines = try old.prune(RetentionPlan(days: 90, mostMovedRooms: 1, isDryRun: true))
    #expect(lines.contains { $0.starts(with: "messages of 2020-01: 1 would be dropped, ") })
    #expect(
      lines.contains { $0.starts(with: "messages of 2020-02: 1 would be dropped, ") && $0.contains("move of 1 room") })
    #expect(lines.contains("months ahead: 2 would be made"))
    #expect(lines.contains("revoked tokens: 1 would be deleted"))
    #expect(try old.rows(of: "a") == 10)
    #expect(try old.rows(of: "open") == 10)
    #expect(try old.number("select count(*) from proxyhooks.revoked_token") == 1)
    #expect(try old.prune(RetentionPlan()).contains("months ahead: 2 made"))
    #expect(try old.prune(RetentionPlan()).contains("months ahead: 0 made"))
  }

  @Test("The few living rooms of an old month move to the present one with all their messages, and go on numbering")
  func moved() async throws {
    let old = try Old()
    try old.match("over", month: "2020-01")
    try old.match("open", month: "2020-01", state: "open", messages: 40)
    // A copy that an earlier run began, before the first message was edited.
    _ = try old.run(
      """
      select proxyhooks.copy_messages('open', date_trunc('month', now())::date, 10);
      update proxyhooks.message set text = 'edited', edited_at = now() where match_id = 'open' and seq = 1 and period = '2020-01-01';
      update proxyhooks.message set sender = null, text = null, deleted_at = now()
       where match_id = 'open' and seq = 2 and period = '2020-01-01'
      """)
    let lines = try old.prune(RetentionPlan(days: 90, mostMovedRooms: 1))
    #expect(lines.contains { $0.contains("2020-01: 2 dropped") && $0.hasSuffix("after a move of 1 room") })
    #expect(try !old.hasMonth("2020-01"))
    #expect(try old.rows(of: "over") == 0)
    let page = try old.run(
      """
      select count(*), min(m.seq), max(m.seq), max(m.text) filter (where m.seq = 1),
             bool_and(m.sender is null) filter (where m.seq = 2)
        from proxyhooks.message m join proxyhooks.chat_room r on r.match_id = m.match_id and r.period = m.period
       where m.match_id = 'open'
      """)
    #expect((0..<5).map { page.text(0, $0) } == ["40", "1", "40", "edited", "t"])
    let store = try await messageStore(url: old.url)
    let outcome = try await store.store(
      try text("next", in: try #require(MatchID("open")), from: "ann"), if: Policy.standard.guard(for: .publish),
      by: .soon)
    #expect(String(decoding: try #require(outcome.message).json, as: UTF8.self).contains("\"seq\":41,"))
  }

  @Test("While a month waits for a long transaction to end, messages are stored as ever")
  func noStall() async throws {
    let old = try Old()
    try old.match("over", month: "2020-01")
    try old.match("present", month: "2020-02", state: "open")
    let reader = try PostgresConnection(url: old.url, applicationName: "test", by: .soon)
    _ = try reader.run(
      script: "begin isolation level repeatable read; select count(*) from proxyhooks.message", by: .soon)
    let store = try await messageStore(url: old.url)
    async let pruned = onOwnThread { try old.prune(RetentionPlan(days: 90)) }
    try await eventually("the detachment waits") {
      try old.number(
        """
        select count(*) from pg_stat_activity
         where wait_event_type = 'Lock' and query like 'alter table%' and datname = current_database()
        """) > 0
    }
    let match = try #require(MatchID("present"))
    var stored = 0
    while stored < 20 {
      let outcome = try? await store.store(
        try text("\(stored)", in: match, from: "ann"), if: Policy.standard.guard(for: .publish), by: .soon)
      guard outcome?.name == "stored" else { break }
      stored += 1
    }
    #expect(stored == 20)
    #expect(try old.hasMonth("2020-01"))
    _ = try reader.run(script: "commit", by: .soon)
    #expect(try await pruned.contains { $0.starts(with: "messages of 2020-01: 1 dropped, ") })
  }

  @Test("What an interrupted run has detached, or half detached, is dropped by the next")
  func resumed() throws {
    let old = try Old()
    for month in ["2020-01", "2020-02", "2020-03"] {
      _ = try old.run("select proxyhooks.make_period('\(month)-01')")
    }
    _ = try old.run("insert into proxyhooks.ending_period values ('2020-01-01'), ('2020-02-01')")
    _ = try old.run("alter table proxyhooks.message detach partition proxyhooks.message_202001")
    // One that an operator has detached to keep is left alone.
    _ = try old.run("alter table proxyhooks.message detach partition proxyhooks.message_202003")
    let reader = try PostgresConnection(url: old.url, applicationName: "test", by: .soon)
    _ = try reader.run(
      script: "begin isolation level repeatable read; select count(*) from proxyhooks.message", by: .soon)
    let interrupted = try PostgresConnection(url: old.url, applicationName: "test", by: .soon)
    _ = try interrupted.run(script: "set lock_timeout = '200ms'", by: .soon)
    #expect(throws: StorageError(.refused, serverCode: "55P03")) {
      _ = try interrupted.run(
        script: "alter table proxyhooks.message detach partition proxyhooks.message_202002 concurrently", by: .soon)
    }
    #expect(try old.number("select count(*) from proxyhooks.message_partition where pending") == 1)
    _ = try reader.run(script: "commit", by: .soon)
    _ = try old.prune(RetentionPlan(days: 90))
    #expect(try !old.hasMonth("2020-01"))
    #expect(try !old.hasMonth("2020-02"))
    #expect(try old.hasMonth("2020-03"))
  }

  @Test("Rows that have had their use go; a revocation stays until every connection has asked, a ban until its end")
  func rows() throws {
    let old = try Old()
    _ = try old.run(
      """
      insert into proxyhooks.revoked_token (jti, revoked_at, expires_at) values
        ('old', now() - interval '9 days', now() - interval '3 days'), ('late', now(), now() - interval '3 days'),
        ('fresh', now() - interval '9 days', now() - interval '1 day'), ('endless', now() - interval '9 days', null);
      insert into proxyhooks.user_ban (user_id, until) values
        ('free', now() - interval '1 minute'), ('banned', now() + interval '1 day'), ('forever', null);
      insert into proxyhooks.last_seen values ('gone', now() - interval '91 days'), ('here', now() - interval '89 days');
      insert into proxyhooks.report (match_id, seq, reporter, reason, reported_at) values
        ('m', 1, 'ann', 'spam', now() - interval '31 days'), ('m', 2, 'ann', 'spam', now() - interval '29 days')
      """)
    #expect(try old.prune(RetentionPlan()).contains("revoked tokens: 1 deleted"))
    #expect(try old.number("select count(*) from proxyhooks.last_seen") == 2)
    #expect(try old.number("select count(*) from proxyhooks.report") == 2)
    _ = try old.prune(RetentionPlan(days: 90, reportDays: 30))
    func left(_ column: String, _ table: String) throws -> String? {
      try old.run("select string_agg(\(column)::text, ' ' order by \(column)) from proxyhooks.\(table)").text(0, 0)
    }
    #expect(try left("jti", "revoked_token") == "endless fresh late")
    #expect(try left("user_id", "user_ban") == "banned forever")
    #expect(try left("user_id", "last_seen") == "here")
    #expect(try left("seq", "report") == "2")
  }

  @Test("Of two runs at once one is refused, and says why")
  func alone() throws {
    let old = try Old()
    let keeper = try Keeper(url: old.url)
    #expect(throws: StorageError(.refused, serverCode: "already_running")) { try old.prune(RetentionPlan()) }
    _ = try keeper.run("select 1")
  }

  @Test("Of a member of a match that is not open nobody is told, whatever becomes of the membership")
  func silence() throws {
    let old = try Old()
    try old.match("a", month: "2020-01")
    _ = try old.run(
      """
      select proxyhooks.mute_member('a', 'ann'), proxyhooks.remove_member('a', 'ann'), proxyhooks.leave_match('a', 'ben'),
             proxyhooks.join_match('a', 'cal', 'rider');
      delete from proxyhooks.match_member where match_id = 'a' and user_id = 'cal';
      delete from proxyhooks.route_match where id = 'a'
      """)
    #expect(try old.number("select count(*) from proxyhooks.outbox") == 0)
  }
}
