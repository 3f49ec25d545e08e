import Auth
import Foundation
import Testing

@testable import ProxyHooks

@Suite("docs/policy.md")
struct PolicyDocumentationTests {
  private func text() throws -> String { try Repository.text(of: "docs/policy.md") }

  @Test("It has the matrix of the standard policy")
  func matrix() throws {
    let text = try text()
    let begin = try #require(text.range(of: "<!-- matrix -->\n"))
    let end = try #require(text.range(of: "<!-- end of matrix -->"))
    #expect(
      String(text[begin.upperBound..<end.lowerBound]) == "\n" + PolicyDocument.standard.matrix.markdown() + "\n",
      "`proxyhooks policy matrix --form markdown` prints what is to stand there")
  }

  @Test("It names every operation, reason, check and limit")
  func words() throws {
    let text = try text()
    for operation in Operation.allCases { #expect(text.contains("`\(operation.rawValue)`")) }
    for reason in Decision.Reason.allCases { #expect(text.contains("`\(reason.rawValue)`")) }
    for check in Check.allCases { #expect(text.contains("| \(check.rawValue) |")) }
    for limit in LimitName.allCases { #expect(text.contains("`\(limit.rawValue)`")) }
  }

  @Test("The codes beside the reasons are the ones that clients get")
  func codes() throws {
    let rows = try text().split(separator: "\n").filter { $0.hasPrefix("|") }
    for reason in Decision.Reason.allCases {
      let row = try #require(rows.first { $0.contains("| `\(reason.rawValue)` |") })
      let code = reason == .tokenRevoked ? Code.tokenInvalid : Code(reason)
      #expect(row.contains("\(code.number)"), "\(reason)")
    }
    #expect(rows.contains { $0.contains("`banned_from_service`") && $0.contains("\(Code.banned.number)") })
  }

  @Test("Leaving out what may be left out is the standard policy, as it says")
  func defaults() throws {
    let least = try PolicyDocument(text: "version: 1\nroles: [driver]\nrules: []")
    #expect(least.settings == PolicyDocument.standard.settings)
  }

  @Test("Its example of assertions can be read, and holds")
  func example() throws {
    let text = try text()
    let begin = try #require(text.range(of: "```yaml\n"))
    let end = try #require(text.range(of: "```\n", range: begin.upperBound..<text.endIndex))
    let policy = PolicyDocument.standard.policy
    let assertions = try PolicyAssertions(bytes: Array(text[begin.upperBound..<end.lowerBound].utf8), about: policy)
    let report = PolicyTestReport(assertions, under: policy)
    #expect(report.failures.isEmpty && report.passed == 4)
  }
}
