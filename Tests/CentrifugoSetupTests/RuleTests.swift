import Testing

@testable import CentrifugoSetup

@Suite("The rules for Centrifugo's configuration")
struct RuleTests {
  @Test("Each mistake is found, and nothing else is", arguments: Fixture.all)
  func fixture(_ fixture: Fixture) throws {
    let findings = LintReport(of: try fixture.setup()).findings
    #expect(Set(findings.map(\.rule)) == Set(fixture.rules))
  }

  @Test("Each finding names the key that is to be changed, and nothing is said twice")
  func places() throws {
    var lines: [String] = []
    for fixture in Fixture.all {
      for finding in LintReport(of: try fixture.setup()).findings {
        let owner = finding.owner.map { " (\($0))" } ?? ""
        lines.append("\(fixture.name): \(finding.rule) at \(finding.key)\(owner)")
      }
    }
    #expect(Set(lines).count == lines.count)
    let expected = try Repository.text(of: "\(Fixture.folder)/findings.txt").split(separator: "\n").map(String.init)
    #expect(Set(lines).subtracting(expected).sorted() == [], "not in findings.txt")
    #expect(Set(expected).subtracting(lines).sorted() == [], "in findings.txt alone")
  }

  @Test("Every rule has a mistake to find, and every mistake a rule")
  func everyRule() {
    let ids = Rule.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(Set(ids) == Set(Fixture.all.compactMap(\.rules.first)))
    #expect(ids.allSatisfy { id in id.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") } })
  }

  @Test("Each finding says what it does and what to write, in whole sentences")
  func texts() throws {
    for finding in try Fixture.all.flatMap({ LintReport(of: try $0.setup()).findings }) {
      #expect(finding.why.hasSuffix(".") && finding.why.count > 30, "\(finding.rule): \(finding.why)")
      #expect(finding.mend.count > 5 && !finding.mend.contains("  "), "\(finding.rule): \(finding.mend)")
      #expect(!finding.title.hasSuffix("."), "\(finding.rule)")
    }
  }

  @Test(
    "The shipped configurations have no mistake, with their environment known or not",
    arguments: SetupPlan.Transport.allCases)
  func shipped(_ transport: SetupPlan.Transport) throws {
    #expect(LintReport(of: Setup(file: try Repository.shipped(transport))).findings == [])
    let environment = EnvironmentFile(variables: Fixture.environment)
    #expect(LintReport(of: Setup(file: try Repository.shipped(transport), environment: environment)).findings == [])
  }

  @Test("A consumer without a database is one only where the environment is known and has none")
  func consumerDatabase() throws {
    let text = try Repository.text(of: "centrifugo/config.json")
    let file = try SetupForm.json.read(text.replacing("postgresql://set-by-environment/", with: ""))
    #expect(LintReport(of: Setup(file: file)).findings == [])
    let environment = EnvironmentFile(variables: Fixture.environment)
    #expect(LintReport(of: Setup(file: file, environment: environment)).findings == [])
    var variables = Fixture.environment
    variables["CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN"] = nil
    let without = LintReport(of: Setup(file: file, environment: EnvironmentFile(variables: variables)))
    #expect(without.findings.map(\.rule) == ["consumer-dsn"])
  }

  @Test("An empty configuration lacks all that the service needs")
  func empty() throws {
    let rules = Set(LintReport(of: Setup(file: try SetupForm.json.read("{}"))).findings.map(\.rule))
    let needed: Set = [
      "connect-hook-off", "refresh-hook-off", "room-namespace-missing", "personal-namespace-missing",
      "rpc-namespace-missing", "consumer-missing", "late-removal", "log-level", "message-size", "no-origin",
      "internal-port",
    ]
    #expect(rules == needed)
  }

  @Test("What the service is told to need is what is looked for")
  func expectations() throws {
    var expected = SetupExpectations()
    expected.roomNamespace = "game"
    expected.personalNamespace = "person"
    expected.outboxTable = "chat.outbox"
    expected.outboxPartitions = 4
    expected.deadlineMilliseconds = 950
    expected.endpoint = "https://hooks.internal:8443"
    expected.addressHeader = "X-Edge"
    let found = Set(LintReport(of: Setup(file: try Repository.shipped()), expecting: expected).findings.map(\.rule))
    #expect(
      found == [
        "room-namespace-missing", "personal-namespace-missing", "consumer-table", "consumer-partitions",
        "foreign-endpoint",
      ])
  }
}
