import Testing

@testable import Storage

@Suite("The decision log's table")
struct DecisionTableTests {
  private static let log = "0123456789abcdef"

  /// Lines as the log makes them; their hashes are not looked at here.
  private func line(_ seq: Int, at time: String, _ rest: String, log: String = Self.log) -> String {
    #"{"log":"\#(log)","seq":\#(seq),"time":"\#(time)",\#(rest),"hash":"\#(String(repeating: "0", count: 64))"}"#
  }

  private func decision(_ seq: Int, at time: String = "2026-01-31T09:05:00.007Z", user: String = "alice") -> String {
    line(seq, at: time, #""id":"\#(seq)","hook":"publish","user":"\#(user)","outcome":"allow""#)
  }

  @Test("Lines are kept to the byte, and found by what they say")
  func bytes() throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let table = DecisionTable(url: url)
    let odd = line(2, at: "2026-01-31T09:05:00.007Z", #""hook":"rpc" ,"user":"a\u0000\\u0000\"é","outcome":"deny""#)
    let lines = [line(0, at: "2026-01-31T09:00:00.000Z", #""event":"opened""#), decision(1), odd]
    try table.insert(lines)
    var found: [String] = []
    try DecisionReader(url: url).allLines { line in
      found.append(line)
      return true
    }
    #expect(found == lines)
    let row = try TestServers.run(
      "select at::text, hook, user_id, outcome from proxyhooks.decision where seq = 1", on: url)
    #expect((0..<4).map { row.text(0, Int($0)) } == ["2026-01-31 09:05:00.007+00", "publish", "alice", "allow"])
  }

  @Test("The same lines again change nothing; another line of a number is refused, and so are those with it")
  func twice() throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let table = DecisionTable(url: url)
    try table.insert([decision(1), decision(2)])
    try table.insert([decision(1), decision(2), decision(3)])
    #expect(try TestServers.run("select count(*) from proxyhooks.decision", on: url).integer(0, 0) == 3)
    #expect(throws: StorageError(.refused, serverCode: "line_differs")) {
      try table.insert([decision(3, user: "mallory"), decision(4)])
    }
    #expect(
      try TestServers.run("select user_id from proxyhooks.decision where seq = 3", on: url).text(0, 0) == "alice")
  }

  @Test("The last line is that of the chain begun last")
  func last() throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let table = DecisionTable(url: url)
    #expect(try table.lastLine() == nil)
    try table.insert([line(0, at: "2026-01-31T09:00:00.000Z", #""event":"opened""#), decision(1), decision(2)])
    #expect(try table.lastLine() == decision(2))
    let other = line(0, at: "2026-02-01T09:00:00.000Z", #""event":"opened""#, log: "fedcba9876543210")
    try table.insert([other])
    try table.insert([decision(3)])
    #expect(try table.lastLine() == other)
  }

  @Test("What a search leaves to the database is what the lines say")
  func search() throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    try DecisionTable(url: url).insert(
      [line(0, at: "2026-01-31T09:00:00.000Z", #""event":"opened""#)]
        + (1...9).map { decision($0, at: "2026-01-31T09:0\($0):00.000Z", user: $0 % 2 == 0 ? "alice" : "o'neil") })
    func found(_ search: DecisionReader.Search) throws -> [Int] {
      var found: [Int] = []
      try DecisionReader(url: url).decisions(search) { line in
        found.append(try #require((0...9).first { line.contains(#""seq":\#($0),"#) }))
        return found.count < 4
      }
      return found
    }
    var search = DecisionReader.Search()
    #expect(try found(search) == [1, 2, 3, 4])
    search.since = "2026-01-31T09:05:00.000Z"
    search.until = "2026-01-31T09:09:00.000Z"
    #expect(try found(search) == [5, 6, 7, 8])
    search.user = "o'neil"
    #expect(try found(search) == [5, 7])
    search.hook = "publish"
    search.outcome = "deny"
    #expect(try found(search) == [])
    search.user = "x' or '1' = '1"
    search.outcome = nil
    #expect(try found(search) == [])
  }

  @Test("Old lines end before a line that a chain can be verified from, and old chains as a whole")
  func retention() throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let table = DecisionTable(url: url)
    let (old, older) = ("2026-01-02T00:00:00.000Z", "2026-01-01T00:00:00.000Z")
    let new = try #require(try TestServers.run("select proxyhooks.utc(now())", on: url).text(0, 0))
    try table.insert([
      line(0, at: older, #""event":"opened""#), decision(1, at: older), line(2, at: old, #""event":"checkpoint""#),
      decision(3, at: old), line(4, at: old, #""event":"lost","count":1"#), decision(5, at: new),
      line(6, at: new, #""event":"checkpoint""#),
      line(0, at: older, #""event":"opened""#, log: "fedcba9876543210"),
      line(1, at: old, #""event":"closed""#, log: "fedcba9876543210"),
    ])
    func prune(_ isDryRun: Bool) throws -> [String] {
      try Retention(url: url).run(RetentionPlan(decisionDays: 10, isDryRun: isDryRun)).lines
        .filter { $0.item == "decisions" }.map { "\($0.count) \($0.remark)" }
    }
    #expect(try prune(true) == ["4 would be deleted"])
    #expect(try prune(false) == ["4 deleted"])
    #expect(try prune(false) == ["0 deleted"])
    let left = try TestServers.run(
      "select string_agg(seq::text, ' ' order by log, seq) from proxyhooks.decision", on: url)
    #expect(left.text(0, 0) == "2 3 4 5 6")
  }

  @Test("A role that may select and insert can write, and can neither change nor delete")
  func rights() throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    try TestServers.run(
      """
      create role \(Self.role); grant usage on schema proxyhooks to \(Self.role);
      grant select, insert on proxyhooks.decision to \(Self.role)
      """, on: url)
    defer { _ = try? TestServers.run("drop owned by \(Self.role); drop role \(Self.role)", on: url) }
    func run(_ sql: String) throws { try TestServers.run("set role \(Self.role); \(sql)", on: url) }
    try run("select proxyhooks.log_decisions(array['\(decision(1))', '\(decision(2))'])")
    try run("select proxyhooks.log_decisions(array['\(decision(1))'])")
    for sql in [
      "delete from proxyhooks.decision", "update proxyhooks.decision set seq = 9", "truncate proxyhooks.decision",
    ] {
      #expect(throws: StorageError(.refused, serverCode: "42501")) { try run(sql) }
    }
  }

  private static let role = "decision_writer"
}
