import Auth
import Foundation
import ProxyHooks
import StrictJSON
import Testing

@Suite("proxyhooks policy")
struct PolicyCommandTests {
  private static let standard = PolicyDocument.standardText
  private static let version = PolicyDocument.standard.version

  /// The standard policy with one thing other.
  private static func changed(_ old: String, _ new: String) -> String { standard.replacing(old, with: new) }

  @Test("show prints the built-in policy, which check finds right")
  func show() async throws {
    let command = try CommandRun()
    let shown = try await command.run(["policy", "show"])
    #expect(shown.output == Self.standard && shown.status == 0)
    let file = try command.file("policy.yaml", shown.output)
    let checked = try await command.run(["policy", "check", file])
    #expect(
      checked.output == "\(file): right; version \(Self.version), roles driver, rider, 6 rules, 0 in shadow\n")
    #expect(checked.status == 0)
  }

  @Test("check says every mistake with file, line and key: 1; a file that is not there: 2; warnings alone: 0")
  func check() async throws {
    let command = try CommandRun()
    let bad = try command.file("bad.yaml", "version: 2\nroles: [driver]\nrules:\n  - {name: a, allow: [fly]}\n")
    let result = try await command.run(["policy", "check", bad])
    #expect(result.status == 1 && result.lines.count == 2)
    #expect(result.lines.first == "\(bad): line 1: version: want 1, found `2`")
    #expect(result.lines.dropFirst().allSatisfy { $0.hasPrefix("\(bad): line 4: rules[0]") })
    let none = try await command.run(["policy", "check", "none.yaml"])
    #expect(none.status == 2 && none.errors == "none.yaml: can't be read: No such file or directory\n")
    let odd = try command.file("odd.yaml", Self.changed("rpc_user: 60/10s", "rpc_user: off"))
    let warned = try await command.run(["policy", "check", odd])
    #expect(warned.status == 0)
    #expect(warned.lines.first == "\(odd): warning: limits.rpc_user: is off: nothing bounds rpc, for each user")
  }

  @Test("The file is the one that is named, else the setting's, else the one that is built in, and that is said")
  func choice() async throws {
    let command = try CommandRun()
    let one = try command.file("one.yaml", Self.standard + "# one\n")
    let two = try command.file("two.yaml", Self.standard + "# two\n")
    let setting = ["PROXYHOOKS_POLICY_FILE": two]
    let named = try await command.run(["policy", "matrix", one], environment: setting)
    #expect(named.errors.hasPrefix("policy: \(one), version "))
    let set = try await command.run(["policy", "matrix"], environment: setting)
    #expect(set.errors.hasPrefix("policy: \(two), version "))
    let config = try command.file("config", "PROXYHOOKS_POLICY_FILE=\(one)\n")
    let configured = try await command.run(["policy", "matrix", "--config", config])
    #expect(configured.errors.hasPrefix("policy: \(one), version "))
    let builtIn = try await command.run(["policy", "matrix"])
    #expect(builtIn.errors == "policy: built in, version \(Self.version)\n" && builtIn.status == 0)
    let unknown = try await command.run(["policy", "matrix"], environment: ["PROXYHOOKS_POLICY": one])
    #expect(unknown.status == 2 && unknown.output.isEmpty)
  }

  @Test("matrix prints three forms, and nothing of a file with mistakes")
  func matrix() async throws {
    let command = try CommandRun()
    let document = PolicyDocument.standard.matrix
    #expect(try await command.run(["policy", "matrix"]).output == document.text)
    #expect(try await command.run(["policy", "matrix", "--form", "markdown"]).output == document.markdown())
    #expect(try await command.run(["policy", "matrix", "--form", "html"]).output == document.html())
    let bad = try command.file("bad.yaml", "version: 1\n")
    let result = try await command.run(["policy", "matrix", bad])
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("\(bad): line 1: `roles` is missing\n"))
    #expect(try await command.run(["policy", "matrix", "--form", "pdf"]).status == 64)
  }

  @Test("test: 0 where all holds, 1 where not or a hole is not allowed, 2 where something can't be read")
  func test() async throws {
    let command = try CommandRun()
    let policy = try command.file("policy.yaml", Self.standard)
    let missing = try await command.run(["policy", "test", policy])
    #expect(missing.status == 2 && missing.errors.contains("policy.tests.yaml: can't be read"))
    _ = try command.file(
      "policy.tests.yaml", "tests:\n  - {name: a, given: {role: rider, match: open}, allow: [publish]}\n")
    let held = try await command.run(["policy", "test", policy])
    #expect(held.status == 0 && held.output.contains("All 1 assertions hold."))
    #expect(try await command.run(["policy", "test", policy, "--require-coverage"]).status == 1)
    let other = try command.file(
      "other.yaml", "tests:\n  - {name: a, given: {role: rider, match: open}, deny: [publish]}\n")
    let failed = try await command.run(["policy", "test", policy, "--tests", other])
    #expect(failed.status == 1)
    #expect(
      failed.output.contains("- line 2: a: want publish denied; it is allowed by write, on role=rider, match=open"))
    let bad = try command.file("bad.yaml", "tests:\n  - {name: a, given: {role: rider, match: open}, deny: [fly]}\n")
    let refused = try await command.run(["policy", "test", policy, "--tests", bad])
    #expect(refused.status == 2 && refused.errors.contains("\(bad): line 2: tests[0].deny[0]: want connect, "))
    #expect(try await command.run(["policy", "test"]).status == 2)
    #expect(try await command.run(["policy", "test", "--tests", other]).status == 1)
  }

  @Test("diff: 0 where nothing changes, 1 where something does or is lost, as asked, 2 where a file is bad")
  func diff() async throws {
    let command = try CommandRun()
    let old = try command.file("old.yaml", Self.standard)
    let comment = try command.file("comment.yaml", Self.standard + "# a comment\n")
    let more = try command.file(
      "more.yaml", Self.changed("matches: [open, closed]", "matches: [open, closed, cancelled]"))
    let less = try command.file("less.yaml", Self.changed("matches: [open, closed]", "matches: [open]"))
    let same = try await command.run(["policy", "diff", old, comment])
    #expect(same.status == 0 && same.output.contains("Nothing changes."))
    let gained = try await command.run(["policy", "diff", old, more])
    #expect(gained.status == 1 && gained.output.contains("Nobody loses anything."))
    #expect(try await command.run(["policy", "diff", old, more, "--fail-on", "lose"]).status == 0)
    let lost = try await command.run(["policy", "diff", old, less, "--fail-on", "lose"])
    #expect(lost.status == 1 && lost.output.contains("1 operation is lost by driver and rider: chat:delete."))
    #expect(try await command.run(["policy", "diff", old, "none.yaml"]).status == 2)
    let people = try await command.run(["policy", "diff", old, less, "--people"])
    #expect(people.status == 2 && people.errors == "--people needs PROXYHOOKS_DATABASE_URL.\n" && people.output.isEmpty)
    let away = try await command.run(
      ["policy", "diff", old, less, "--people"],
      environment: ["PROXYHOOKS_DATABASE_URL": "host=/nowhere user=secret-name"])
    #expect(away.status == 2 && away.output.isEmpty && !away.errors.contains("secret-name"))
  }

  @Test("explain by given facts: 0 allowed, 1 denied, and the steps as text or JSON")
  func explain() async throws {
    let command = try CommandRun()
    func explain(_ given: String, _ rest: String...) async throws -> CommandRun.Result {
      try await command.run(["policy", "explain", "--given", given] + rest)
    }
    let allowed = try await explain("role=rider,match=open", "--operation", "publish")
    #expect(allowed.status == 0 && allowed.output.hasPrefix("publish: allowed\n"))
    #expect(allowed.output.contains("allowed by write"))
    let denied = try await explain("role=rider,match=open,muted", "--hook", "rpc", "--method", "chat:send", "--json")
    #expect(denied.status == 1)
    #expect(try JSON.parse(Array(denied.output.utf8.dropLast()))["decision"]?["reason"]?.string == "muted")
    #expect(try await explain("role=none,match=none,banned", "--hook", "connect").status == 1)
    #expect(try await explain("role=none,match=none,token_revoked", "--hook", "refresh").status == 1)
    // Without a match there is a list; a closed match is not in it.
    #expect(try await explain("role=none,match=none", "--operation", "chat:rooms").status == 0)
    #expect(try await explain("role=rider,match=closed", "--operation", "chat:rooms").status == 1)
  }

  @Test(
    "A question that makes no sense is refused before anything is read",
    arguments: [
      [], ["--operation", "publish"], ["--given", "role=rider,match=open"],
      ["--given", "role=rider,match=open", "--operation", "fly"],
      ["--given", "role=rider,match=ended", "--operation", "publish"],
      ["--given", "role=rider,match=open,mutedd", "--operation", "publish"],
      ["--given", "role=rider,role=driver,match=open", "--operation", "publish"],
      ["--given", "role=Rider,match=open", "--operation", "publish"],
      ["--given", "role=rider", "--operation", "publish", "--match", "m1"],
      ["--given", "role=rider", "--operation", "publish", "--token-id", "t"],
      ["--user", "a b", "--operation", "publish", "--match", "m1"], ["--user", "bob", "--operation", "publish"],
      ["--user", "bob", "--operation", "connect", "--match", "m1"],
      ["--user", "bob", "--hook", "rpc", "--match", "m1"],
      ["--user", "bob", "--operation", "publish", "--match", "m1", "--channel", "match:m1"],
      ["--user", "bob", "--hook", "publish", "--method", "chat:send", "--match", "m1"],
      ["--user", "bob", "--hook", "chat:send", "--match", "m1"],
      ["--user", "bob", "--given", "role=none", "--operation", "connect"], ["--log", "x"], ["--id", "x"],
      ["--log", "x", "--id", "y", "--operation", "publish"],
    ])
  func nonsense(arguments: [String]) async throws {
    let result = try await CommandRun().run(["policy", "explain"] + arguments)
    #expect(result.status == 64 && result.output.isEmpty)
  }

  @Test("explain of a person needs the database; one that does not answer, or another's channel, is 2")
  func live() async throws {
    let command = try CommandRun()
    let asked = ["policy", "explain", "--user", "bob", "--operation", "publish"]
    let none = try await command.run(asked + ["--match", "m1"])
    #expect(none.status == 2 && none.errors.contains("--user needs PROXYHOOKS_DATABASE_URL"))
    let away = try await command.run(
      asked + ["--match", "m1"], environment: ["PROXYHOOKS_DATABASE_URL": "host=/nowhere user=secret-name"])
    #expect(away.status == 2 && away.output.isEmpty && !away.errors.contains("secret-name"))
    #expect(away.errors.contains("PROXYHOOKS_DATABASE_URL: "))
    let channel = try await command.run(asked + ["--channel", "user:bob"])
    #expect(channel.status == 2 && channel.errors.contains("no_such_channel"))
  }

  private static let lines = """
    {"time":"2026-01-31T09:05:00.000Z","id":"r1","hook":"publish","user":"bob","channel":"match:m1","outcome":"allow","reason":"member_may","rule":"write","policy":"\(version)","facts":{"match":"open","role":"rider"}}
    {"time":"2026-01-31T09:05:01.000Z","id":"r2","hook":"rpc","method":"chat:delete","user":"bob","match":"m7","outcome":"allow","reason":"member_may","rule":"take-back","policy":"x","facts":{"match":"closed","role":"rider"}}
    {"time":"2026-01-31T09:05:02.000Z","id":"r3","hook":"publish","user":"bob","channel":"match:m1","outcome":"deny","code":"too_many_requests","reason":"limit_publish_user","policy":"x"}

    """

  @Test("explain finds a line of the log by its id and explains it from its facts")
  func explainLine() async throws {
    let command = try CommandRun()
    let log = try command.file("log", Self.lines)
    let found = try await command.run(["policy", "explain", "--log", log, "--id", "r2"])
    #expect(found.status == 0 && found.output.hasPrefix("chat:delete: allowed\n"))
    #expect(found.errors.contains("decided then: 2026-01-31T09:05:01.000Z bob rpc chat:delete m7: allow, member_may\n"))
    #expect(found.errors.contains("That was policy x; what follows is by policy \(Self.version).\n"))
    // The log's directory is as good as its file.
    let folder = command.folder.appendingPathComponent("decisions")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let inFolder = ["policy", "explain", "--log", folder.path, "--id", "r2"]
    #expect(try await command.run(inFolder).status == 2)
    try FileManager.default.copyItem(
      atPath: log, toPath: folder.appendingPathComponent("decisions-000000001.jsonl").path)
    #expect(try await command.run(inFolder).output == found.output)
    let limited = try await command.run(["policy", "explain", "--log", log, "--id", "r3"])
    #expect(limited.status == 2 && limited.errors.contains("It was not the rules that decided: limit_publish_user.\n"))
    #expect(try await command.run(["policy", "explain", "--log", log, "--id", "r9"]).status == 2)
    #expect(try await command.run(["policy", "explain", "--log", "none", "--id", "r1"]).status == 2)
  }

  @Test("replay: 0 where all is as before, 1 where something would be otherwise, 2 where a line can't be read")
  func replay() async throws {
    let command = try CommandRun()
    let log = try command.file("log", Self.lines)
    let same = try await command.run(["policy", "replay", log, "-"], input: Self.lines.utf8)
    #expect(same.status == 0)
    #expect(same.output.contains("Of 4 lines that the rules decided, none would be decided otherwise.\n"))
    #expect(same.output.contains("limit_publish_user  2"))
    let less = try command.file("less.yaml", Self.changed("matches: [open, closed]", "matches: [open]"))
    let other = try await command.run(["policy", "replay", log, "--policy", less])
    #expect(other.status == 1 && other.output.contains("1 refused that were allowed"))
    #expect(other.output.contains("r2") && other.output.contains("m7") && !other.output.contains("r1"))
    let none = try await command.run(["policy", "replay", log, "--policy", less, "--examples", "0"])
    #expect(none.status == 1 && !none.output.contains("r2"))
    let torn = try command.file("torn", String(Self.lines.dropLast(30)))
    #expect(try await command.run(["policy", "replay", torn]).status == 2)
    #expect(try await command.run(["policy", "replay", "none"]).status == 2)
    #expect(try await command.run(["policy", "replay", log, "--examples", "101"]).status == 64)
    #expect(try await command.run(["policy", "replay"]).status == 64)
  }

  // MARK: - With a database

  private static let server = ProcessInfo.processInfo.environment["PROXYHOOKS_TEST_DATABASE_URL"]

  /// Runs SQL; the database is the test's own.
  private func sql(_ text: String, in database: String) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", text]
    process.standardOutput = FileHandle.nullDevice
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    try #require(process.terminationStatus == 0)
  }

  @Test(
    "With a database, explain says what holds for a person now, and diff counts whom it concerns",
    .enabled(if: server != nil, "no PROXYHOOKS_TEST_DATABASE_URL; `make test` sets it"))
  func database() async throws {
    let server = try #require(Self.server)
    let name = "policy_\(UUID().uuidString.lowercased().replacing("-", with: "_"))"
    try await sql("create database \(name)", in: server)
    var parts = try #require(URLComponents(string: server))
    parts.path = "/\(name)"
    let url = try #require(parts.string)
    let command = try CommandRun()
    let setting = ["PROXYHOOKS_DATABASE_URL": url]
    func explain(_ arguments: String...) async throws -> CommandRun.Result {
      try await command.run(["policy", "explain"] + arguments, environment: setting)
    }
    let early = try await explain("--user", "bob", "--operation", "publish", "--match", "m1")
    #expect(early.status == 2 && early.errors.contains("schema_missing"))
    #expect(try await command.run(["migrate"], environment: setting).status == 0)
    try await sql(
      """
      insert into proxyhooks.route_match (id, state) values ('m1', 'open'), ('m2', 'closed');
      insert into proxyhooks.match_member (match_id, user_id, role, muted_at)
      values ('m1', 'bob', 'rider', now()), ('m1', 'alice', 'driver', null), ('m2', 'bob', 'rider', null);
      insert into proxyhooks.user_ban (user_id) values ('mallory');
      insert into proxyhooks.revoked_token (jti) values ('t1')
      """, in: url)
    let muted = try await explain("--user", "bob", "--operation", "publish", "--channel", "match:m1")
    #expect(muted.status == 1 && muted.output.contains("role=rider, match=open, muted\n"))
    #expect(try await explain("--user", "alice", "--operation", "publish", "--match", "m1").status == 0)
    #expect(try await explain("--user", "alice", "--operation", "publish", "--match", "m9").status == 1)
    #expect(try await explain("--user", "alice", "--hook", "connect", "--token-id", "t2").status == 0)
    let revoked = try await explain("--user", "alice", "--hook", "sub_refresh", "--match", "m1", "--token-id", "t1")
    #expect(revoked.status == 1 && revoked.output.contains("denied: token_revoked"))
    #expect(try await explain("--user", "alice", "--hook", "publish", "--match", "m1", "--token-id", "t1").status == 0)
    #expect(try await explain("--user", "alice", "--operation", "chat:block").status == 0)
    #expect(try await explain("--user", "mallory", "--operation", "chat:block").status == 1)
    #expect(try await explain("--user", "bob", "--operation", "chat:rooms").status == 0)
    #expect(try await explain("--user", "bob", "--operation", "chat:rooms", "--match", "m2").status == 1)

    let old = try command.file("old.yaml", Self.standard)
    let less = try command.file("less.yaml", Self.changed("matches: [open, closed]", "matches: [open]"))
    let diff = try await command.run(["policy", "diff", old, less, "--people"], environment: setting)
    #expect(diff.status == 1 && diff.output.contains("error 451 (match is closed)): 1 member\n"))
    try await sql("drop database \(name) with (force)", in: server)
  }
}
