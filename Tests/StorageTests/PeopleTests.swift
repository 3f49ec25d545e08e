import Auth
import Foundation
import Testing

@testable import Storage

/// Reports, blocks, names, members and when they were last here.
@Suite("People")
struct PeopleTests {
  private let everybody = Policy.standard.guard(for: .history)
  private static func settings() throws -> DatabaseSettings { DatabaseSettings(url: try TestServers.database()) }

  private func person() throws -> UserID { try user("p-\(MessageID.random())") }

  /// What the outbox told on a person's own channel, oldest first: the event and whom it is about.
  private func told(_ person: UserID) throws -> [String] {
    let rows = try TestServers.run(
      """
      select partition, payload::text from proxyhooks.outbox
       where payload::text like '%"channel":"user:\(person)"%' order by id
      """)
    return try (0..<rows.rowCount).map { row in
      #expect(rows.integer(row, 0) == 0)
      let text = try #require(rows.text(row, 1))
      let payload = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let data = try #require(payload["data"] as? [String: Any])
      #expect(Set(data.keys) == ["event", "user", "at"])
      return "\(data["event"] ?? "") \(data["user"] ?? "")"
    }
  }

  @Test("A message is reported once by each, with the reason and the text, and nobody is told")
  func reports() async throws {
    let changes = try await changeStore()
    let match = try newMatch()
    let message = try text("bad", in: match)
    _ = try await messageStore().store(
      message, if: Policy.standard.guard(for: .publish), delivery: .direct, by: .soon)
    func report(_ reason: ReportReason, _ text: String?, as person: String, id: MessageID) async throws -> ChangeFate {
      try await changes.apply(
        .report(reason, text: text), to: id, of: match, by: try user(person), if: everybody, by: .soon
      ).fate
    }
    #expect(try await report(.danger, "why \"not\"", as: "bob", id: message.id) == .done)
    #expect(try await report(.spam, "other", as: "bob", id: message.id) == .done)
    #expect(try await report(.other, nil, as: "alice", id: message.id) == .done)
    #expect(try await report(.spam, nil, as: "bob", id: .random()) == .noMessage)
    #expect(try await report(.spam, nil, as: "mallory", id: message.id) == .denied)
    let rows = try TestServers.run(
      "select reporter, reason, text from proxyhooks.report where match_id = '\(match)' order by reporter")
    #expect(rows.rowCount == 2)
    #expect(rows.text(0, 0) == "alice" && rows.text(0, 1) == "other" && rows.text(0, 2) == nil)
    #expect(rows.text(1, 0) == "bob" && rows.text(1, 1) == "danger" && rows.text(1, 2) == "why \"not\"")
    #expect(try roomOutbox(match).isEmpty)
    try TestServers.run("delete from proxyhooks.route_match where id = '\(match)'")
    #expect(try TestServers.run("select from proxyhooks.report where match_id = '\(match)'").rowCount == 0)
  }

  @Test("Blocking and unblocking are told to the person's own devices, each once")
  func blocks() async throws {
    let changes = try await changeStore()
    let (blocker, other) = (try person(), try person())
    for (isBlocked, rows) in [(false, 0), (true, 1), (true, 1), (false, 0), (false, 0), (true, 1)] {
      #expect(try await changes.setBlock(isBlocked, of: other, for: blocker, by: .soon).fate == .done)
      let found = try TestServers.run("select from proxyhooks.user_block where user_id = '\(blocker)'")
      #expect(found.rowCount == rows)
    }
    #expect(try told(blocker) == ["user_blocked \(other)", "user_unblocked \(other)", "user_blocked \(other)"])
    #expect(try told(other) == [])
  }

  @Test("No more than a thousand are blocked, also by many at once; who was blocked before stays answered")
  func mostBlocked() async throws {
    let stores = [try await changeStore(), try await changeStore()]
    let blocker = try person()
    try TestServers.run(
      """
      insert into proxyhooks.user_block (user_id, blocked_id)
      select '\(blocker)', 'b' || n from generate_series(1, 995) n
      """)
    let fates = try await withThrowingTaskGroup(of: ChangeFate.self) { group in
      for number in 0..<20 {
        let other = try user("new-\(number)")
        group.addTask { try await stores[number % 2].setBlock(true, of: other, for: blocker, by: .soon).fate }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(fates.filter { $0 == .done }.count == 5 && fates.filter { $0 == .tooMany }.count == 15)
    #expect(try await stores[0].setBlock(true, of: try user("b1"), for: blocker, by: .soon).fate == .done)
    #expect(try await stores[0].setBlock(false, of: try user("b1"), for: blocker, by: .soon).fate == .done)
    #expect(try await stores[0].setBlock(true, of: try user("b996"), for: blocker, by: .soon).fate == .done)
    #expect(try await stores[0].setBlock(true, of: try user("b997"), for: blocker, by: .soon).fate == .tooMany)
  }

  @Test("Who is banned blocks nobody")
  func bannedBlocker() async throws {
    let changes = try await changeStore()
    let blocker = try person()
    try TestServers.run("select proxyhooks.ban_user('\(blocker)')")
    let outcome = try await changes.setBlock(true, of: try user("bob"), for: blocker, by: .soon)
    #expect(outcome.fate == .denied && outcome.facts.isBanned)
    #expect(try TestServers.run("select from proxyhooks.user_block where user_id = '\(blocker)'").rowCount == 0)
  }

  @Test("A name is what the app says now, on every page at once, of the page's senders alone")
  func names() async throws {
    let messages = try await messageStore()
    let history = try HistoryStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { history.status.allSatisfy(\.isConnected) }
    let people = [try person(), try person(), try person()]
    let match = try newMatch()
    for (person, name) in zip(people, ["Zoë \"Z\" \u{1F600}\\", nil, "Silent"] as [String?]) {
      let name = name.map { "$n$\($0)$n$" } ?? "null"
      try TestServers.run(
        "select proxyhooks.join_match('\(match)', '\(person)', 'rider'); select proxyhooks.set_name('\(person)', \(name))"
      )
    }
    for sender in [people[0], people[1], people[0]] {
      let message = NewMessage(match: match, id: .random(), sender: sender, content: .text("x"))
      _ = try await messages.store(message, if: Policy.standard.guard(for: .publish), by: .soon)
    }
    func names(_ page: HistoryStore.Page = .init(limit: 10)) async throws -> [String: String]? {
      let page = try await history.page(page, of: match, for: people[2], if: everybody, by: .soon).page
      return try JSONSerialization.jsonObject(with: Data(try #require(page).names)) as? [String: String]
    }
    #expect(try await names() == [people[0].text: "Zoë \"Z\" \u{1F600}\\"])
    #expect(try await names(.init(after: 1, before: 3, limit: 10)) == [:], "of who is not on the page, nothing")
    #expect(try await names(.init(after: 1, limit: 1)) == [:], "what only tells that there is more is not on the page")
    #expect(try TestServers.run("select proxyhooks.set_name('\(people[0])', 'Zoe')").bool(0, 0) == true)
    #expect(try TestServers.run("select proxyhooks.set_name('\(people[0])', 'Zoe')").bool(0, 0) == false)
    #expect(try await names() == [people[0].text: "Zoe"])
    #expect(try TestServers.run("select proxyhooks.set_name('\(people[0])', null)").bool(0, 0) == true)
    #expect(try await names() == [:])
  }

  @Test(
    "A name that is empty, blank, too long or has control characters is refused",
    arguments: ["''", "'  '", "repeat('x', 101)", #"E'a\nb'"#, #"E'a\u0085b'"#, #"E'a\u2028b'"#, #"E'\u007f'"#])
  func badNames(name: String) throws {
    #expect(throws: StorageError.self) { try TestServers.run("select proxyhooks.set_name('bad-name', \(name))") }
    #expect(try TestServers.run("select from proxyhooks.person where user_id = 'bad-name'").rowCount == 0)
  }

  @Test("The list of rooms has the present members with their names, whom the person blocked, and marks their messages")
  func rooms() async throws {
    let match = try newMatch()
    let reader = try person()
    try TestServers.run(
      """
      select proxyhooks.join_match('\(match)', '\(reader)', 'rider'), proxyhooks.set_name('\(reader)', 'Me "too"');
      select proxyhooks.join_match('\(match)', 'gone', 'rider'), proxyhooks.leave_match('\(match)', 'gone');
      select proxyhooks.join_match('\(match)', 'out', 'rider'), proxyhooks.remove_member('\(match)', 'out');
      insert into proxyhooks.user_block (user_id, blocked_id) values ('\(reader)', 'zed'), ('\(reader)', 'alice')
      """)
    _ = try await messageStore().store(
      try text("x", in: match), if: Policy.standard.guard(for: .publish), by: .soon)
    let store = try RoomStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    func list(_ person: UserID) async throws -> (room: [String: Any], blocked: [String]?) {
      let outcome = try await store.rooms(of: person, if: Policy.standard.guard(for: .subscribe), by: .soon)
      let rooms = try #require(JSONSerialization.jsonObject(with: Data(outcome.rooms)) as? [[String: Any]])
      let room = try #require(rooms.first { $0["match"] as? String == match.text })
      return (room, try JSONSerialization.jsonObject(with: Data(outcome.blocked)) as? [String])
    }
    let mine = try await list(reader)
    #expect(mine.blocked == ["alice", "zed"])
    #expect((mine.room["last_message"] as? [String: Any])?["blocked"] as? Bool == true)
    let members = try #require(mine.room["members"] as? [NSDictionary])
    #expect(members.first == ["user": "alice", "role": "driver"])
    #expect(members.last == ["user": reader.text, "role": "rider", "name": "Me \"too\""])
    #expect(members.count == 3)
    // Somebody of this test's own: other tests have Bob block others.
    let other = try person()
    try TestServers.run("select proxyhooks.join_match('\(match)', '\(other)', 'rider')")
    let others = try await list(other)
    #expect(others.blocked == [])
    #expect((others.room["last_message"] as? [String: Any])?["blocked"] == nil)
  }

  @Test("A room shows at most fifty of its members in the list of rooms")
  func manyMembers() async throws {
    let match = try newMatch()
    try TestServers.run(
      """
      insert into proxyhooks.match_member (match_id, user_id, role)
      select '\(match)', 'member-' || n, 'rider' from generate_series(1, 70) n
      """)
    let store = try RoomStore(settings: Self.settings(), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let outcome = try await store.rooms(
      of: try user("member-1"), if: Policy.standard.guard(for: .subscribe), by: .soon)
    let rooms = try #require(JSONSerialization.jsonObject(with: Data(outcome.rooms)) as? [[String: Any]])
    let room = try #require(rooms.first { $0["match"] as? String == match.text })
    #expect((room["members"] as? [Any])?.count == 50)
  }

  @Test("Who was here is noted once in half a minute, and shown to members beside name and role")
  func lastSeen() async throws {
    let seen = try LastSeenStore(settings: Self.settings(), log: quiet)
    let members = try MembersStore(settings: Self.settings(), log: quiet)
    try await eventually("the lanes connect") { (seen.status + members.status).allSatisfy(\.isConnected) }
    let (known, unknown) = (try person(), try person())
    let match = try newMatch()
    try TestServers.run(
      """
      select proxyhooks.join_match('\(match)', '\(known)', 'rider'), proxyhooks.set_name('\(known)', 'Ann');
      select proxyhooks.join_match('\(match)', '\(unknown)', 'rider')
      """)
    func noted() throws -> String? {
      let row = try TestServers.run("select seen_at from proxyhooks.last_seen where user_id = '\(known)'")
      return row.text(0, 0)
    }
    func notes() -> UInt64 { seen.status.reduce(0) { $0 + $1.jobs } }
    seen.saw(known)
    try await eventually("it is noted") { try noted() != nil }
    let first = try noted()
    let before = notes()
    seen.saw(known)
    try await eventually("it is looked at again") { notes() > before }
    #expect(try noted() == first, "a note of this half minute is left as it is")
    try TestServers.run(
      "update proxyhooks.last_seen set seen_at = now() - interval '31 seconds' where user_id = '\(known)'")
    let aged = try noted()
    seen.saw(known)
    try await eventually("it is noted anew") { try noted() != aged }

    let outcome = try await members.members(of: match, for: try user("bob"), if: everybody, by: .soon)
    let json = Data(try #require(outcome.members))
    let list = try #require(JSONSerialization.jsonObject(with: json) as? [[String: Any]])
    #expect(list.compactMap { $0["user"] as? String }.sorted() == ["alice", "bob", known.text, unknown.text].sorted())
    let shown = try #require(list.first { $0["user"] as? String == known.text })
    #expect(shown["name"] as? String == "Ann" && shown["role"] as? String == "rider")
    let time = try #require(shown["last_seen"] as? String)
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    let silent = try #require(list.first { $0["user"] as? String == unknown.text })
    #expect(Set(silent.keys) == ["user", "role"])
  }

  @Test("Notes of many persons are few statements, and more than may wait are dropped")
  func coalescing() async throws {
    let seen = try LastSeenStore(settings: Self.settings(), most: 50, log: quiet)
    try await eventually("the lane connects") { seen.status.allSatisfy(\.isConnected) }
    let first = try person()
    seen.saw(first)  // may wait still, and be one of the fifty
    let crowd = "crowd-\(MessageID.random())"
    for number in 0..<400 { seen.saw(try user("\(crowd)-\(number)")) }
    func noted() throws -> Int64 {
      try TestServers.run("select count(*) from proxyhooks.last_seen where user_id like '\(crowd)%'").integer(0, 0) ?? 0
    }
    try await eventually("those who wait are noted") { try noted() >= 49 }
    // Fifty, and as many again for each time that the lane takes some while they come.
    #expect(try noted() < 400)
    #expect(seen.status.reduce(0) { $0 + $1.jobs } <= 4)
  }

  @Test("A note that no database takes costs nothing but itself")
  func noDatabase() throws {
    let seen = try LastSeenStore(settings: DatabaseSettings(url: "postgresql:///none?host=/nonexistent"), log: quiet)
    for _ in 0..<10 { seen.saw(try person()) }
  }
}
