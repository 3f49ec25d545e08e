import Auth
import Testing

@testable import Storage

/// `proxyhooks.message_json` spells messages for the hook's reply and the outbox, `MessageColumns` for pages and the list of
/// rooms.
@Suite("Spelling")
struct SpellingTests {
  private static let texts =
    [
      "", " ", "plain", #""\/"#,
      "\u{7F}\u{80}\u{7FF}\u{800}\u{2028}\u{2029}\u{FFFD}\u{FFFF}\u{10000}\u{1F697}\u{10FFFF}", "<b>&'é\u{301}",
    ]
    + (1...0x7F).map { "a\(Character(Unicode.Scalar(UInt8($0))))b\(Character(Unicode.Scalar(UInt8($0))))" }

  private static let doubles = [
    "0", "-0", "1", "-180", "90", "52.5", "-13.25", "0.1", "1e-4", "1e-5", "-1.5e-7", "5e-324",
    "2.2250738585072014e-308",
    "1.7976931348623157e308", "0.30000000000000004", "123456.789", "1e14", "1e15", "1e16", "9007199254740993", "NaN",
    "Infinity",
    "-Infinity",
  ]

  private static let moments = [
    "2000-01-01Z", "1999-12-31 23:59:59.999999Z", "1999-12-31 23:59:59.999Z", "1970-01-01Z",
    "1969-12-31 23:59:59.0005Z",
    "2026-11-22 16:37:08.409Z", "2026-11-22 16:37:08.4096Z", "2024-02-29 12:00:00.1Z", "2100-03-01 00:00:00.01Z",
    "1900-02-28 23:59:59.001Z", "0999-10-10Z", "0001-01-01Z", "0001-12-31 23:59:59.5Z BC", "0044-03-15Z BC",
    "4713-12-01Z BC",
    "9999-12-31 23:59:59.9999Z", "10000-01-01Z", "294276-12-31 23:59:59.999999Z", "2016-12-31 23:59:59.999999Z",
  ]

  /// Messages of every kind, each with its number.
  private static func messages() -> [(seq: Int64, columns: String)] {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
    var rows: [String] = []
    // sender, kind, text, lat, lon, sent_at, edited_at, deleted_at
    for text in texts { rows.append("'alice', 'text', \(quoted(text)), null, null, now(), null, null") }
    for (lat, lon) in zip(doubles, doubles.reversed()) {
      rows.append("'bob', 'location', null, '\(lat)', '\(lon)', now(), null, null")
    }
    for (one, other) in zip(moments, moments.reversed()) {
      rows.append("'alice', 'text', 'x', null, null, '\(one)', null, null")
      rows.append("'alice', 'text', 'x', null, null, '\(one)', '\(other)', null")
      rows.append("'bob', 'location', null, '1', '2', '\(one)', '\(other)', null")
      rows.append("'bob', 'location', null, null, null, now(), '\(one)', '\(other)'")
      rows.append("null, 'text', null, null, null, '\(one)', null, '\(other)'")
    }
    // What an operator's hand may have written.
    for infinity in ["infinity", "-infinity"] {
      rows.append("'alice', 'text', 'lost', null, null, '\(infinity)', null, null")
      rows.append("'alice', 'text', 'x', null, null, now(), '\(infinity)', null")
      rows.append("'alice', 'text', null, null, null, now(), now(), '\(infinity)'")
      rows.append("'alice', 'text', null, null, null, now(), '\(infinity)', '\(infinity)'")
    }
    let seqs: [Int64] = [9, 10, 99, 100, 2_147_483_648, .max - 2]
    return rows.enumerated().map { (Int64($0 + 1_000), $1) }
      + seqs.map { ($0, "'carol', 'text', 'numbered', null, null, now(), null, null") }
  }

  /// A room with those messages and with bob, who has blocked alice.
  private static func room() throws -> MatchID {
    let match = try newMatch()
    let values = messages().map { "(\($0.seq), \($0.columns))" }.joined(separator: ",\n")
    try TestServers.run(
      """
      insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, edited_at, deleted_at,
                                      idempotency_key)
      select r.period, r.match_id, v.seq, gen_random_uuid(), v.sender, v.kind, v.text, v.lat::float8, v.lon::float8,
             v.sent_at::timestamptz, v.edited_at::timestamptz, v.deleted_at::timestamptz, gen_random_uuid()
        from proxyhooks.chat_room r,
             (values (0, null::text, null, null, null, null, null, null, null), \(values)) as v (seq, sender, kind, text, lat, lon, sent_at, edited_at,
                                                                        deleted_at)
       where r.match_id = '\(match)' and v.seq > 0
      """)
    return match
  }

  /// What SQL makes of each message of a match, for who has blocked `blocked`.
  private static func spelled(_ match: MatchID, blocked: String = "") throws -> [(seq: Int64, json: String?)] {
    let result = try TestServers.run(
      """
      select m.seq, case when m.sender = '\(blocked)' then left(j.json, -1) || ',"blocked":true}' else j.json end
        from proxyhooks.message m
       cross join lateral (
         select proxyhooks.message_json(m.id, m.seq, m.match_id, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at, m.edited_at,
                                        m.deleted_at) as json) j
       where m.match_id = '\(match)' order by m.seq
      """)
    return try (0..<result.rowCount).map { (try #require(result.integer($0, 0)), result.text($0, 1)) }
  }

  @Test("A message of any kind is the same on a page as in SQL, to the byte", arguments: ["alice", "bob"])
  func page(reader: String) async throws {
    let match = try Self.room()
    let blocked = reader == "bob" ? "alice-\(match)" : ""
    if reader == "bob" {
      try TestServers.run(
        """
        update proxyhooks.message set sender = '\(blocked)' where match_id = '\(match)' and sender = 'alice';
        insert into proxyhooks.user_block (user_id, blocked_id) values ('bob', '\(blocked)')
        """)
    }
    let wanted = try Self.spelled(match, blocked: blocked)
    #expect(wanted.count == Self.messages().count)
    #expect(wanted.filter { $0.json == nil }.count == 2)
    let store = try HistoryStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let mayRead = Policy.standard.guard(for: .history)
    for (seq, json) in wanted {
      let page = HistoryStore.Page(after: seq - 1, limit: 1)
      let found = try #require(
        try await store.page(page, of: match, for: try user(reader), if: mayRead, by: .soon).page)
      #expect(String(decoding: found.messages, as: UTF8.self) == "[\(json ?? "")]", "\(seq)")
    }
    for page in [HistoryStore.Page(limit: 10_000), .init(after: 0, limit: 10_000)] {
      let all = try #require(try await store.page(page, of: match, for: try user(reader), if: mayRead, by: .soon).page)
      #expect(
        String(decoding: all.messages, as: UTF8.self) == "[\(wanted.compactMap(\.json).joined(separator: ","))]")
      #expect(!all.hasMore)
    }
  }

  @Test("The last message of a room is the same in the list of rooms as in SQL, to the byte", arguments: [false, true])
  func lastMessage(isBlocked: Bool) async throws {
    let match = try Self.room()
    let reader = "reader-\(match)"
    try TestServers.run("select proxyhooks.join_match('\(match)', '\(reader)', 'rider')")
    if isBlocked {
      try TestServers.run("insert into proxyhooks.user_block (user_id, blocked_id) values ('\(reader)', 'alice')")
    }
    let store = try RoomStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    for (seq, json) in try Self.spelled(match, blocked: isBlocked ? "alice" : "").filter({
      $0.seq % 7 == 0 || $0.json == nil
    }) {
      try TestServers.run("update proxyhooks.chat_room set last_seq = \(seq) where match_id = '\(match)'")
      let outcome = try await store.rooms(
        of: try user(reader), if: Policy.standard.guard(for: .rooms), by: .soon)
      let list = String(decoding: outcome.rooms, as: UTF8.self)
      let room =
        #"[{"match":"\#(match)","role":"rider","last_seq":\#(seq),"read_seq":0,"unread":\#(seq),"last_message":"#
      #expect(list.hasPrefix(room + (json ?? "null") + #","members":["#), "\(seq)")
      #expect(list.hasSuffix(#"{"user":"\#(reader)","role":"rider"}]}]"#))
    }
  }

  @Test("A name is the same beside a page as in SQL, to the byte, and names stand in the order of their ids")
  func names() async throws {
    let match = try newMatch()
    let given = [#"A "B" \C/"#, "\u{7FF} \u{1F697}", "é\u{301}", "Zed"]
    var wanted: [String] = []
    for (place, name) in given.enumerated() {
      let person = "\(["b", "a", "Z", "a-"][place])-\(match)"
      try TestServers.run(
        """
        select proxyhooks.set_name('\(person)', '\(name)');
        insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
        select r.period, r.match_id, n, gen_random_uuid(), '\(person)', 'text', 'x', now(), gen_random_uuid()
          from proxyhooks.chat_room r, unnest(array[\(place + 1), \(place + 11)]) n where r.match_id = '\(match)'
        """)
      wanted.append(
        try #require(
          TestServers.run(
            "select '\"' || user_id || '\":' || to_json(name) from proxyhooks.person where user_id = '\(person)'"
          ).text(0, 0)))
    }
    wanted.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let store = try HistoryStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    func read(_ page: HistoryStore.Page) async throws -> String {
      let found = try await store.page(
        page, of: match, for: try user("bob"), if: Policy.standard.guard(for: .history), by: .soon)
      return String(decoding: try #require(found.page).names, as: UTF8.self)
    }
    #expect(try await read(.init(limit: 100)) == "{\(wanted.joined(separator: ","))}")
    // The row that says whether there is more is on no page, nor is its sender's name.
    #expect(try await read(.init(after: 0, limit: 1)) == "{\(wanted.filter { $0.hasPrefix("\"b-") }.joined())}")
    #expect(try await read(.init(before: 1, limit: 1)) == "{}")
  }
}
