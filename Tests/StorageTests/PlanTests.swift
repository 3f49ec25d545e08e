import Auth
import Testing

@testable import Storage

/// Counted by PostgreSQL itself, in rows and not in time: what a decision reads does not grow with the tables, even where
/// the planner was told that they are empty.
@Suite("Plans")
struct PlanTests {
  static let rows = 20_000

  /// Tables analyzed while empty; alice is a member of the match `big`.
  private static func emptyDatabase() throws -> String {
    let url = try TestServers.emptyDatabase(migrated: true)
    let tables = try TestServers.run(
      "select relname from pg_class where relnamespace = 'proxyhooks'::regnamespace and relkind = 'r'", on: url)
    for table in try (0..<tables.rowCount).map({ try #require(tables.text($0, 0)) }) {
      try TestServers.run("alter table proxyhooks.\(table) set (autovacuum_enabled = off)", on: url)
      try TestServers.run("vacuum analyze proxyhooks.\(table)", on: url)
    }
    try TestServers.run(
      """
      insert into proxyhooks.route_match (id) values ('big');
      insert into proxyhooks.match_member (match_id, user_id, role) values ('big', 'alice', 'driver')
      """, on: url)
    return url
  }

  /// Fills the tables behind the backs of plans that were made, and are kept, for empty ones.
  private static func fill(_ url: String) throws {
    try TestServers.run(
      """
      insert into proxyhooks.route_match (id) select 'm' || i from generate_series(1, \(rows)) i;
      insert into proxyhooks.match_member (match_id, user_id, role) select 'm' || i, 'u' || i, 'rider'
        from generate_series(1, \(rows)) i;
      insert into proxyhooks.match_member (match_id, user_id, role) select 'm' || i, 'everywhere', 'rider'
        from generate_series(1, \(rows)) i;
      insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
        select r.period, 'big', i, gen_random_uuid(), 'alice', 'text', 'x', now(), gen_random_uuid()
          from proxyhooks.chat_room r, generate_series(100, \(rows)) i where r.match_id = 'big';
      insert into proxyhooks.message_edit (match_id, seq, edited_at, text)
        select 'big', i, now(), 'x' from generate_series(100, \(rows)) i;
      insert into proxyhooks.report (match_id, seq, reporter, reason)
        select 'big', i, 'u' || i, 'spam' from generate_series(100, \(rows)) i;
      insert into proxyhooks.user_block (user_id, blocked_id)
        select 'u' || i, 'v' || i from generate_series(1, \(rows)) i;
      insert into proxyhooks.person (user_id, name) select 'u' || i, 'name' from generate_series(1, \(rows)) i;
      insert into proxyhooks.last_seen (user_id) select 'u' || i from generate_series(1, \(rows)) i;
      update proxyhooks.chat_room set last_seq = \(rows) where match_id = 'big';
      insert into proxyhooks.read_position (match_id, user_id, seq)
        select 'm' || i, 'u' || i, 0 from generate_series(1, \(rows)) i;
      insert into proxyhooks.user_ban (user_id) select 'b' || i from generate_series(1, \(rows)) i;
      insert into proxyhooks.token_not_before select 'b' || i, now() from generate_series(1, \(rows)) i;
      insert into proxyhooks.revoked_token (jti) select 'j' || i from generate_series(1, \(rows)) i
      """, on: url)
    try settleStatistics(on: url)
  }

  /// A backend hands its counts in when it ends; those of the filling must not be counted with what follows.
  private static func settleStatistics(on url: String) throws {
    try TestServers.run("select pg_sleep(1.2)", on: url)
    try TestServers.run("select pg_stat_reset()", on: url)
  }

  private static func rowsRead(on url: String) throws -> (scans: Int64, rows: Int64) {
    let result = try TestServers.run(
      """
      select (select coalesce(sum(idx_scan), 0) from pg_stat_user_indexes),
             (select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes)
               + (select coalesce(sum(seq_tup_read), 0) from pg_stat_user_tables where relname <> 'schema_migration')
      """, on: url)
    return (result.integer(0, 0) ?? 0, result.integer(0, 1) ?? 0)
  }

  private func expectFewRows(on url: String) async throws {
    try await eventually("the counts arrive") { try Self.rowsRead(on: url).scans > 0 }
    let widest = try TestServers.run(
      "select indexrelname || ' ' || idx_tup_read from pg_stat_user_indexes order by idx_tup_read desc limit 3", on: url
    )
    let names = (0..<3).compactMap { widest.text($0, 0) }
    #expect(try Self.rowsRead(on: url).rows < 500, "read most: \(names)")
  }

  @Test("Storing a message reads a handful of rows")
  func store() async throws {
    let url = try Self.emptyDatabase()
    do {
      let store = try await messageStore(lanes: 1, url: url)
      let match = try #require(MatchID("big"))
      let mayPublish = Policy.standard.guard(for: .publish)
      for number in 0..<4 {
        if number == 1 { try Self.fill(url) }
        let message = try text("\(number)", in: match)
        #expect(try await store.store(message, if: mayPublish, by: .soon).name == "stored")
        #expect(try await store.store(message, if: mayPublish, by: .soon).name == "repeated")
      }
    }
    try await expectFewRows(on: url)
  }

  @Test("Membership and standing read a handful of rows")
  func decisions() async throws {
    let url = try Self.emptyDatabase()
    do {
      let settings = DatabaseSettings(url: url, statementMilliseconds: 60_000)
      let memberships = try MembershipStore(settings: settings, log: quiet)
      let standings = try StandingStore(settings: settings, log: quiet)
      try await eventually("the lanes connect") { (memberships.status + standings.status).allSatisfy(\.isConnected) }
      let match = try #require(MatchID("big"))
      for round in 0..<3 {
        if round == 1 { try Self.fill(url) }
        let last: Int64 = round == 0 ? 0 : Int64(Self.rows)
        #expect(
          try await memberships.membership(of: try user("alice"), in: match, by: .soon).lastSeq == last)
        let facts = try await standings.standing(of: try user("alice"), tokenID: "t", issuedAt: 1, by: .soon)
        #expect(facts == StandingFacts(isBanned: false, isTokenRevoked: false))
      }
    }
    try await expectFewRows(on: url)
  }

  @Test("Reading on, editing, deleting, reporting, blocking and noting who was here read a handful of rows")
  func changes() async throws {
    let url = try Self.emptyDatabase()
    let match = try #require(MatchID("big"))
    let (alice, bob) = (try user("alice"), try user("bob"))
    let everybody = Policy.standard.guard(for: .publish)
    do {
      let messages = try await messageStore(lanes: 1, url: url, statementMilliseconds: 60_000)
      let settings = DatabaseSettings(url: url, statementMilliseconds: 60_000)
      let positions = try ReadPositionStore(settings: settings, ringing: messages, log: quiet)
      let changes = try ChangeStore(settings: settings, ringing: messages, log: quiet)
      let seen = try LastSeenStore(settings: settings, log: quiet)
      try await eventually("the lanes connect") {
        (positions.status + changes.status + seen.status).allSatisfy(\.isConnected)
      }
      for round in 0..<3 {
        if round == 1 { try Self.fill(url) }
        let message = try text("\(round)", in: match)
        let stored = try await messages.store(message, if: everybody, by: .soon)
        #expect(stored.name == "stored")
        let read = try await positions.read(
          upTo: round == 0 ? 1 : Int64(Self.rows + round), of: match, by: alice, if: everybody, by: .soon)
        guard case .moved = read.fate else {
          Issue.record("not moved: \(read.fate)")
          return
        }
        for change in [
          ChangeStore.Change.edit(to: .text("other"), within: 600), .report(.spam, text: nil), .delete(within: 600),
        ] {
          let outcome = try await changes.apply(change, to: message.id, of: match, by: alice, if: everybody, by: .soon)
          switch outcome.fate {
          case .changed, .done: break
          default: Issue.record("not done: \(outcome.fate)")
          }
        }
        for isBlocked in [true, false] {
          #expect(try await changes.setBlock(isBlocked, of: bob, for: alice, by: .soon).fate == .done)
        }
        let notes = seen.status.reduce(0) { $0 + $1.jobs }
        seen.saw(alice)
        try await eventually("it is noted") { seen.status.reduce(0) { $0 + $1.jobs } > notes }
      }
    }
    try await expectFewRows(on: url)
  }

  @Test("A page, the list of rooms and that of members read what they show")
  func reading() async throws {
    let url = try Self.emptyDatabase()
    do {
      let settings = DatabaseSettings(url: url, statementMilliseconds: 60_000)
      let history = try HistoryStore(settings: settings, log: quiet)
      let rooms = try RoomStore(settings: settings, log: quiet)
      let members = try MembersStore(settings: settings, log: quiet)
      try await eventually("the lanes connect") {
        (history.status + rooms.status + members.status).allSatisfy(\.isConnected)
      }
      let match = try #require(MatchID("big"))
      let alice = try user("alice")
      for round in 0..<2 {
        if round == 1 { try Self.fill(url) }
        for page in [HistoryStore.Page(limit: 20), .init(after: 10_000, limit: 20), .init(before: 10_000, limit: 20)] {
          let outcome = try await history.page(
            page, of: match, for: alice, if: Policy.standard.guard(for: .history), by: .soon)
          #expect(outcome.page?.hasMore == (round == 1))
        }
        let list = try await rooms.rooms(of: alice, if: Policy.standard.guard(for: .subscribe), by: .soon)
        #expect(!list.rooms.isEmpty)
        var next: RoomStore.Place?
        for _ in 0..<2 {
          let page = try await rooms.rooms(
            of: try user("everywhere"), .init(before: next, limit: 5), if: Policy.standard.guard(for: .rooms), by: .soon
          )
          #expect((page.next != nil) == (round == 1))
          next = page.next
        }
        let present = try await members.members(
          of: match, for: alice, if: Policy.standard.guard(for: .subscribe), by: .soon)
        #expect(present.members != nil)
      }
    }
    try await expectFewRows(on: url)
  }
}
