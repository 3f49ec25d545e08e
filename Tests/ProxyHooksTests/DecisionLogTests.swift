import Audit
import Foundation
import Logging
import Testing

@testable import ProxyHooks
@testable import Storage

@Suite("The decision log")
struct DecisionLogTests {
  private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func record(_ number: Int) -> HookRecord {
    var request = HookRequest(kind: .publish, id: "\(number)", deadline: Deadline(nanoseconds: 0))
    request.user = "alice"
    return HookRecord(request, outcome: .allow, reason: "member")
  }

  private func log(_ settings: DecisionLogSettings, _ url: String? = nil) throws -> DecisionLog {
    try DecisionLog(
      settings: settings, database: url.map { DatabaseSettings(url: $0) }, version: "test", log: Self.quiet)
  }

  private func eventually(_ what: Comment, _ condition: () throws -> Bool) async throws {
    for _ in 0..<3_000 {
      if try condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what)
  }

  /// A database of a test's own, and how to take it away and give it back.
  private struct Database {
    let url: String
    private let server: String
    private let name: String

    init() throws {
      server = try TestDatabase.variable("PROXYHOOKS_TEST_DATABASE_URL")
      name = "decisions_\(getpid())_\(UInt32.random(in: 0 ... .max))"
      try TestDatabase.run("create database \(name)", on: server)
      var parts = try #require(URLComponents(string: server))
      parts.path = "/\(name)"
      url = try #require(parts.string)
      _ = try Migrator(url: url).run()
    }

    func takeAway() throws {
      try TestDatabase.run("alter database \(name) allow_connections false", on: server)
      try TestDatabase.run(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(name)'", on: server)
    }

    func giveBack() throws { try TestDatabase.run("alter database \(name) allow_connections true", on: server) }

    func verify() throws -> LogVerifier {
      let reader = try DecisionReader(url: url)
      var anchors = LogAnchors()
      for line in try reader.openingLines() { anchors.add(opening: Array(line.utf8)[...]) }
      var verifier = try LogVerifier(.table, anchors: anchors)
      var number = 0
      try reader.allLines { line in
        number += 1
        verifier.read(Array(line.utf8)[...], at: LogPlace(file: "database", line: number))
        return true
      }
      verifier.finish()
      return verifier
    }
  }

  @Test("In PostgreSQL every decision is a line, and a chain names the one before it")
  func table() async throws {
    let database = try Database()
    for start in 0..<3 {
      let log = try log(DecisionLogSettings(.postgresql), database.url)
      for number in 0..<700 { log.write(record(start * 1_000 + number)) }
      await log.close()
    }
    let verifier = try database.verify()
    #expect(verifier.findings == [])
    #expect(verifier.chains.map(\.decisions) == [700, 700, 700])
    #expect(verifier.chains.map { $0.follows?.log } == [nil, verifier.chains[0].log, verifier.chains[1].log])

    // The end of a chain that another names can't be cut off, as it can of the last.
    try TestDatabase.run(
      "delete from proxyhooks.decision where log = '\(verifier.chains[1].log)' and seq > 600", on: database.url)
    #expect(try database.verify().findings.map(\.kind) == [.cut])
  }

  @Test("While PostgreSQL is away lines wait, the service says so, and refuses where it was told to")
  func away() async throws {
    let database = try Database()
    var settings = DecisionLogSettings(.postgresql)
    settings.refusesWhenFull = true
    let strict = try log(settings, database.url)
    let lenient = try log(DecisionLogSettings(.postgresql), database.url)
    for log in [strict, lenient] { log.write(record(0)) }
    try await eventually("both write") {
      try TestDatabase.run("select count(*) from proxyhooks.decision where hook is not null", on: database.url)
        .integer(0, 0) == 2
    }
    #expect(strict.readiness?.state == .up && lenient.readiness?.state == .up && !strict.isRefusing)

    try database.takeAway()
    for number in 1...50 { for log in [strict, lenient] { log.write(record(number)) } }
    try await eventually("both notice") { strict.readiness?.state == .down && lenient.readiness?.state == .degraded }
    #expect(strict.isRefusing && !lenient.isRefusing)

    try database.giveBack()
    try await eventually("both write again") { strict.readiness?.state == .up && lenient.readiness?.state == .up }
    #expect(!strict.isRefusing)
    await strict.close()
    await lenient.close()
    let verifier = try database.verify()
    #expect(verifier.findings == [])
    #expect(verifier.chains.map(\.decisions) == [51, 51])
    #expect(verifier.chains.allSatisfy { $0.lost == 0 && $0.isClosed })
  }

  @Test("A database that is away at the start is waited for")
  func awayAtStart() async throws {
    let database = try Database()
    try database.takeAway()
    let log = try log(DecisionLogSettings(.postgresql), database.url)
    log.write(record(1))
    try await eventually("it is not there") { log.readiness?.state == .degraded }
    try database.giveBack()
    try await eventually("it is there") { log.readiness?.state == .up }
    await log.close()
    #expect(try database.verify().chains.map(\.decisions) == [1])
  }

  @Test("Files are written to a directory, the metrics say what waits, and off writes nothing")
  func directory() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("decisions-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: LogFailure.self) { _ = try self.log(DecisionLogSettings(.directory(path))) }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let log = try self.log(DecisionLogSettings(.directory(path)))
    let metrics = Metrics(version: "test")
    log.addMetrics(to: metrics)
    for number in 0..<10 { log.write(record(number)) }
    await log.close()
    for series in ["decisions_lost_total 0.0", "decisions_waiting 0.0", "decision_log_failing 0.0"] {
      #expect(metrics.text.contains("\nproxyhooks_\(series)\n"))
    }
    let text = try String(contentsOfFile: path + "/" + (try #require(LogFiles.names(in: path).first)), encoding: .utf8)
    #expect(text.components(separatedBy: #""hook":"publish","user":"alice","outcome":"allow""#).count == 11)

    let off = try self.log(DecisionLogSettings(.off))
    off.write(record(1))
    #expect(off.readiness == nil && !off.isRefusing)
    await off.close()
  }

  private static let closed = [
    "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": "a secret of at least thirty-two bytes",
    "PROXYHOOKS_DATABASE_URL": "postgresql:///x", "PROXYHOOKS_REDIS_URL": "redis://localhost",
  ]

  private func configuration(_ settings: [String: String], key: [UInt8]? = nil) throws -> Configuration {
    try Configuration(environment: Self.closed.merging(settings) { $1 }, file: nil) { path in
      path.hasSuffix("key.jwk") ? key : FileManager.default.contents(atPath: path).map { Array($0) }
    }
  }

  @Test("Each setting is read, and a kept log without a key is warned of")
  func settings() throws {
    let standard = try configuration([:]).decisionLog
    #expect(standard.destination == .standardError && standard.signer == nil && !standard.refusesWhenFull)
    let key = try CheckpointSigner.newKeyFile()
    let set = try configuration(
      [
        "PROXYHOOKS_DECISION_LOG": "/var/log/proxyhooks", "PROXYHOOKS_DECISION_LOG_KEY": "key.jwk",
        "PROXYHOOKS_DECISION_LOG_CHECKPOINT_SECONDS": "5", "PROXYHOOKS_DECISION_LOG_FILE_BYTES": "65536",
        "PROXYHOOKS_DECISION_LOG_FILES": "7", "PROXYHOOKS_DECISION_LOG_WAITING_BYTES": "65537",
        "PROXYHOOKS_DECISION_LOG_WHEN_FULL": "refuse",
      ], key: key)
    let log = set.decisionLog
    #expect(log.destination == .directory("/var/log/proxyhooks") && log.keyFile == "key.jwk")
    #expect(log.signer?.keyID == (try CheckpointSigner(keyFile: key).keyID))
    #expect(log.checkpointSeconds == 5 && log.fileBytes == 65_536 && log.filesKept == 7 && log.maximumBytes == 65_537)
    #expect(log.refusesWhenFull)
    #expect(!set.cautions.contains { $0.hasPrefix("PROXYHOOKS_DECISION_LOG") })
    for (text, destination) in [
      ("stdout", DecisionLogSettings.Destination.standardOutput), ("stderr", .standardError), ("off", .off),
      ("postgresql", .postgresql),
    ] {
      let found = try configuration(["PROXYHOOKS_DECISION_LOG": text])
      #expect(found.decisionLog.destination == destination)
      #expect(
        found.cautions.contains { $0.hasPrefix("PROXYHOOKS_DECISION_LOG_KEY: ") } == (destination == .postgresql))
    }
  }

  @Test(
    "A mistake is said by its key",
    arguments: [
      ["DECISION_LOG": "log"], ["DECISION_LOG": "./log"], ["DECISION_LOG_KEY": "key.jwk"],
      ["DECISION_LOG_KEY": "/nonexistent"], ["DECISION_LOG_CHECKPOINT_SECONDS": "0"],
      ["DECISION_LOG_FILE_BYTES": "1"], ["DECISION_LOG_FILES": "-1"], ["DECISION_LOG_DAYS": "x"],
      ["DECISION_LOG_WAITING_BYTES": "1"], ["DECISION_LOG_WHEN_FULL": "drop"],
      ["DECISION_LOG_WHEN_FULL": "refuse", "DECISION_LOG": "off"],
    ])
  func mistakes(settings: [String: String]) throws {
    let named = Dictionary(uniqueKeysWithValues: settings.map { ("PROXYHOOKS_" + $0.key, $0.value) })
    let key = Array("a secret of at least thirty-two bytes".utf8)
    #expect {
      _ = try configuration(named, key: key)
    } throws: { error in
      guard let problems = (error as? ConfigurationError)?.problems, problems.count == 1 else { return false }
      return named.keys.contains { problems[0].hasPrefix("\($0): ") } && !problems[0].contains("secret of at")
    }
  }
}
