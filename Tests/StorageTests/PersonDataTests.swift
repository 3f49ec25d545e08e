import Auth
import Foundation
import Testing

@testable import Storage

@Suite("A person's data")
struct PersonDataTests {
  private let url: String

  /// ann with a past and a present match, both with ben; everything that can be kept of her, and the like of ben's.
  init() throws {
    url = try TestServers.emptyDatabase(migrated: true)
    try run(
      """
      select proxyhooks.create_match('past', array['ann', 'ben'], array['driver', 'rider']);
      select proxyhooks.create_match('present', array['ann', 'ben'], array['rider', 'driver']);
      insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
      select r.period, r.match_id, n, gen_random_uuid(), (array['ann', 'ben'])[1 + n % 2], 'text', 'said ' || n, now(),
             gen_random_uuid()
        from proxyhooks.chat_room r, generate_series(1, 2500) n;
      insert into proxyhooks.message (period, match_id, seq, id, sender, kind, lat, lon, sent_at, idempotency_key)
      select r.period, r.match_id, 2501, gen_random_uuid(), 'ann', 'location', 52.5, 13.25, now(), gen_random_uuid()
        from proxyhooks.chat_room r where r.match_id = 'past';
      update proxyhooks.chat_room set last_seq = 2501;
      update proxyhooks.message set text = 'now "this"', edited_at = now() where seq in (1, 2);
      insert into proxyhooks.message_edit select match_id, seq, now(), 'was this' from proxyhooks.message where seq in (1, 2);
      insert into proxyhooks.read_position values ('past', 'ann', 3), ('past', 'ben', 4);
      insert into proxyhooks.person values ('ann', 'Ann A.'), ('ben', 'Ben B.');
      insert into proxyhooks.last_seen values ('ann'), ('ben');
      insert into proxyhooks.user_block values ('ann', 'ben'), ('ben', 'ann');
      insert into proxyhooks.report (match_id, seq, reporter, reason, text) values
        ('past', 1, 'ann', 'spam', 'by ann'), ('past', 2, 'ben', 'abuse', 'by ben');
      insert into proxyhooks.user_ban values ('ann', now(), null);
      select proxyhooks.leave_match('past', 'ann');
      delete from proxyhooks.outbox
      """)
  }

  @discardableResult
  private func run(_ sql: String) throws -> PostgresResult { try TestServers.run(sql, on: url) }

  private func number(_ sql: String) throws -> Int64 { try #require(try run(sql).integer(0, 0)) }

  private func data(searchesAll: Bool = false) throws -> PersonData {
    try PersonData(of: try user("ann"), url: url, searchesAll: searchesAll)
  }

  private func exported() throws -> [String: Any] {
    var text = ""
    try data().export { text += $0 }
    return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// The messages of ann's that say something.
  private var saying: String { "select count(*) from proxyhooks.message where sender = 'ann'" }

  @Test("An export has all that is kept of the person, and of others nothing but their ids")
  func export() throws {
    let json = try exported()
    func list(_ key: String) throws -> [[String: Any]] { try #require(json[key] as? [[String: Any]]) }
    #expect(json["user"] as? String == "ann")
    #expect(json["name"] as? String == "Ann A.")
    #expect(json["last_seen"] as? String != nil)
    #expect((json["ban"] as? [String: Any])?["banned_at"] as? String != nil)
    let memberships = try list("memberships")
    #expect(memberships.map { $0["match"] as? String } == ["past", "present"])
    #expect(memberships.map { $0["left_at"] is String } == [true, false])
    #expect(memberships.first?["read_seq"] as? Int == 3)
    #expect(try list("blocks").map { $0["user"] as? String } == ["ben"])
    #expect(try list("reports").map { $0["text"] as? String } == ["by ann"])
    let messages = try list("messages")
    #expect(messages.count == 2501)
    #expect(messages.allSatisfy { $0["sender"] as? String == "ann" })
    #expect(messages.contains { $0["match"] as? String == "past" && $0["lat"] as? Double == 52.5 })
    #expect(try list("edits").map { ($0["before"] as? [String: Any])?["text"] as? String } == ["was this", "was this"])
    #expect(try list("edits").map { $0["seq"] as? Int } == [2, 2])
  }

  @Test("An export of somebody unknown is an empty one")
  func stranger() throws {
    var text = ""
    try PersonData(of: try user("nobody"), url: url).export { text += $0 }
    let json = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    for key in ["memberships", "messages", "edits", "blocks", "reports"] {
      #expect((json[key] as? [Any])?.isEmpty == true)
    }
  }

  @Test("An erased person's messages are tombstones of nobody, and nothing of theirs is left but the ban")
  func erase() throws {
    let counts = try data().erase()
    #expect(counts.memberships == 1)
    #expect(counts.messages == 2501)
    #expect(counts.rows == 5)
    #expect(try number(saying) == 0)
    #expect(
      try number(
        "select count(*) from proxyhooks.message where sender is null and deleted_at is not null and text is null")
        == 2501)
    let tombstone = try run(
      """
      select proxyhooks.message_json(id, seq, match_id, sender, kind, text, lat, lon, sent_at, edited_at, deleted_at)
        from proxyhooks.message where match_id = 'past' and seq = 2501
      """)
    #expect(try #require(tombstone.text(0, 0)).contains(#""sender":null,"kind":"location","sent_at""#))
    for table in ["person", "last_seen", "user_block", "read_position"] {
      #expect(try number("select count(*) from proxyhooks.\(table) where user_id = 'ann'") == 0)
      #expect(try number("select count(*) from proxyhooks.\(table) where user_id = 'ben'") == 1)
    }
    #expect(try number("select count(*) from proxyhooks.report where reporter = 'ann'") == 0)
    #expect(try number("select count(*) from proxyhooks.message_edit") == 2)
    #expect(try number("select count(*) from proxyhooks.message where sender = 'ben' and text is not null") == 2500)
    #expect(try number("select count(*) from proxyhooks.user_ban where user_id = 'ann'") == 1)
    let told = try run("select method || ' ' || payload::text from proxyhooks.outbox order by id")
    let commands = try (0..<told.rowCount).map { try #require(told.text($0, 0)) }
    #expect(commands.first?.starts(with: "disconnect") == true)
    #expect(commands.last == #"unsubscribe {"user":"ann","channel":"match:present"}"#)
    #expect(commands.count == 3)
  }

  @Test("A second erasure finds nothing, and one that was interrupted goes on")
  func again() throws {
    #expect(try number("select proxyhooks.erase_messages('ann', 'past', 1000)") == 1000)
    #expect(try data().erase().messages == 1501)
    let second = try data().erase()
    #expect((second.memberships, second.messages, second.rows) == (0, 0, 0))
  }

  @Test("Messages of a membership that was deleted are found by a search through all, and not without")
  func deletedMembership() throws {
    try run("delete from proxyhooks.match_member where match_id = 'past' and user_id = 'ann'")
    #expect(try data().erase().messages == 1250)
    #expect(try number(saying) == 1251)
    #expect(try data(searchesAll: true).erase().messages == 1251)
    #expect(try number(saying) == 0)
  }

  @Test("A copy that an unfinished move of a room has left is erased too")
  func copies() throws {
    try run(
      """
      select proxyhooks.make_period('2031-01-01'); select proxyhooks.copy_messages('past', '2031-01-01', 100000)
      """)
    #expect(try data().erase().messages == 2501 + 1251)
    #expect(try number(saying) == 0)
  }
}
