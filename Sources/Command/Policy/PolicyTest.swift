import ArgumentParser
import Foundation
import ProxyHooks

struct PolicyTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Holds a policy against its assertions: what it is to allow, and what to deny.",
    discussion: """
      Prints every assertion that does not hold, which rules decided one, and which operations were once allowed and once \
      denied.

      Exit status: 0 all hold, 1 some do not (with --require-coverage also: something has no assertion), 2 a file can't be \
      read or has mistakes.
      """)

  @Argument(help: "The policy file.")
  var file: String?

  @Option(help: "The file of assertions. Default: beside the policy, policy.tests.yaml for policy.yaml.")
  var tests: String?

  @Flag(help: "Fail where a rule or an operation has no assertion.")
  var requireCoverage = false

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    let policy = try PolicyFiles.chosen(file, options)
    guard let path = tests ?? policy.path.map(Self.beside) else {
      throw PolicyStatus.unreadable("The built-in policy has no assertions beside it; name some with --tests.")
    }
    let bytes = try PolicyFiles.bytes(path)
    let assertions: PolicyAssertions
    do throws(PolicyFileError) {
      assertions = try PolicyAssertions(bytes: bytes, about: policy.document.policy)
    } catch {
      for problem in error.problems { StandardStreams.complain("\(path): \(problem)") }
      throw PolicyStatus.unreadable
    }
    let report = PolicyTestReport(assertions, under: policy.document.policy)
    print(report.document.text, terminator: "")
    if !report.failures.isEmpty || requireCoverage && !report.holes.isEmpty { throw PolicyStatus.no }
  }

  /// `policy.tests.yaml` for `policy.yaml`.
  static func beside(_ path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    for ending in [".yaml", ".yml"] where name.hasSuffix(ending) {
      return "\(path.dropLast(ending.count)).tests\(ending)"
    }
    return "\(path).tests.yaml"
  }
}
