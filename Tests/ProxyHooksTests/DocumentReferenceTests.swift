import Foundation
import Testing

@testable import ProxyHooks

/// What the documents for a reviewer point at. In them a span of code with a file's ending, or that begins with a folder
/// of the repository, is a path, or the end of one; one in double quotes is a test's claim.
@Suite("References of the reviewer's documents")
struct DocumentReferenceTests {
  static let documents = ["threat-model", "asvs"]

  /// The spans between single backticks.
  private static func spans(of document: String) throws -> [String] {
    try Repository.text(of: "docs/\(document).md").matches(of: /`([^`\n]+)`/).map { String($0.output.1) }
  }

  /// The claims of the Swift tests, as they are written, and of the end-to-end scenarios, whose names they are.
  private static let claims: Result<Set<String>, any Error> = Result {
    var claims: Set<String> = []
    for path in Repository.paths where path.hasPrefix("Tests/") {
      if path.hasSuffix(".swift") {
        let text = try Repository.text(of: path)
        for match in text.matches(of: /@Test\(\s*"((?:[^"\\]|\\.)*)"/) { claims.insert(String(match.output.1)) }
      } else if path.hasPrefix("Tests/EndToEnd/scenarios_") && path.hasSuffix(".py") {
        let text = try Repository.text(of: path)
        for match in text.matches(of: /@scenario\([^\n]*\n(?:async )?def (\w+)\(/) {
          let words = match.output.1.split(separator: "_").joined(separator: " ")
          claims.insert(words.prefix(1).uppercased() + words.dropFirst())
        }
      }
    }
    return claims
  }

  private static func isClaim(_ span: String) -> Bool { span.hasPrefix("\"") && span.hasSuffix("\"") && span.count > 2 }

  private static func isPath(_ span: String) -> Bool {
    guard !span.contains(" ") else { return false }
    return span.contains(/\.(swift|sql|lua|json|md|py|sh|h)$/)
      || span.contains(/^(Sources|Tests|Scripts|docs|centrifugo)\//)
  }

  @Test("Every test that the threat model and the ASVS table name exists", arguments: documents)
  func tests(document: String) throws {
    let named = try Self.spans(of: document).filter(Self.isClaim).map { String($0.dropFirst().dropLast()) }
    #expect(named.count > 30, "few are found: are they still spelled as this test reads them?")
    let unknown = Set(named).subtracting(try Self.claims.get()).sorted()
    #expect(unknown == [], "docs/\(document).md names tests that nobody wrote")
  }

  @Test("Every file and folder that they name exists", arguments: documents)
  func files(document: String) throws {
    let named = Set(try Self.spans(of: document).filter(Self.isPath))
    #expect(named.count > 20, "few are found: are they still spelled as this test reads them?")
    let unknown = named.filter { path in
      let plain = path.hasSuffix("/") ? String(path.dropLast()) : path
      return !Repository.paths.contains { $0 == plain || $0.hasSuffix("/" + plain) }
    }
    #expect(unknown.sorted() == [], "docs/\(document).md names what is not there")
  }

  @Test("Every setting that they name exists", arguments: documents)
  func settings(document: String) throws {
    let named = Set(try Self.spans(of: document).filter { $0.contains(/^PROXYHOOKS_[A-Z_]+$/) })
    #expect(!named.isEmpty)
    let unknown = named.subtracting(Setting.all.map(\.key)).sorted()
    #expect(unknown == [], "docs/\(document).md names settings that there are not")
  }

  @Test("No requirement has two rows in the ASVS table")
  func rows() throws {
    let rows = try Repository.text(of: "docs/asvs.md").matches(of: /\n\| (\d+\.\d+\.\d+) \|/).map {
      String($0.output.1)
    }
    #expect(rows.count > 100)
    #expect(Dictionary(grouping: rows) { $0 }.filter { $0.value.count > 1 }.keys.sorted() == [])
  }
}
