import StrictJSON
import Testing

@testable import CentrifugoSetup

@Suite("What the lint reports")
struct ReportTests {
  private func report(_ json: String, ignoring: Set<String> = []) throws -> LintReport {
    let file = try Repository.shipped().patched(try SetupForm.json.read(json))
    return LintReport(of: Setup(file: file), ignoring: ignoring)
  }

  @Test("The weightiest comes first, with its place, its reason and its mend, and a count comes last")
  func text() throws {
    let report = try report(#"{"client": {"concurrency": 8, "insecure": true}, "http_api": {"external": true}}"#)
    #expect(report.findings.map(\.severity) == [.critical, .high, .low])
    let lines = report.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(
      lines.prefix(4) == [
        "CRITICAL", "", "  insecure-client: Every client may do everything", "    at    client.insecure, line 1",
      ])
    #expect(lines.suffix(2) == ["3 findings: 1 critical, 1 high, 1 low.", ""])
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  @Test("An ignored finding is named, is no failure and is not counted")
  func ignored() throws {
    let report = try report(#"{"client": {"concurrency": 8}}"#, ignoring: ["concurrency"])
    #expect(!report.fails(at: .low))
    #expect(report.text == "ignored: concurrency at client.concurrency, line 1\n\nNo findings but 1 ignored.\n")
    let json = try JSON.parse(Array(report.json.utf8))
    #expect(json["counts"]?["high"]?.integer == 0)
  }

  @Test("A failure is what matters at least as much as is asked, and never an info")
  func failures() throws {
    let high = try report(#"{"client": {"concurrency": 8}}"#)
    #expect(high.fails(at: .low) && high.fails(at: .high) && !high.fails(at: .critical))
    let info = try report(#"{"http_server": {"address": ""}}"#)
    #expect(info.findings.count == 1 && !info.fails(at: .low) && !info.fails(at: .info))
    #expect(try !report("{}").fails(at: .low))
    #expect(try report("{}").text == "No findings.\n")
  }

  @Test("Programs get one object on one line")
  func json() throws {
    let text = try report(#"{"client": {"concurrency": 8}, "log": null}"#).json
    #expect(!text.contains("\n"))
    let json = try JSON.parse(Array(text.utf8))
    let findings = try #require(json["findings"]?.elements.map { Array($0) })
    #expect(findings.map { $0["id"]?.string } == ["concurrency", "log-level"])
    #expect(findings.map { $0["set"]?.bool } == [true, false])
    #expect(findings.first?["key"]?.string == "client.concurrency")
    #expect(findings.first?["severity"]?.string == "high")
    #expect(findings.first?["ignored"]?.bool == false)
    #expect(json["counts"]?["medium"]?.integer == 1)
  }

  @Test("A value from the environment is said to be from there")
  func variable() throws {
    let environment = EnvironmentFile(
      variables: Fixture.environment.merging(["CENTRIFUGO_CLIENT_CONCURRENCY": "8"]) { $1 })
    let report = LintReport(of: Setup(file: try Repository.shipped(), environment: environment))
    #expect(report.text.contains("at    client.concurrency, from CENTRIFUGO_CLIENT_CONCURRENCY\n"))
  }

  @Test("The document is what the rules say")
  func document() throws {
    #expect(
      try Repository.text(of: "docs/centrifugo-lint.md") == RuleTable.markdown,
      "make it anew: proxyhooks centrifugo lint --list > docs/centrifugo-lint.md")
  }
}
