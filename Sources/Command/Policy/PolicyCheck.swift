import ArgumentParser
import Auth
import ProxyHooks

struct PolicyCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Says whether a policy file is right: its version, or every mistake with its line.",
    discussion: """
      Warns of what is no mistake and may not be meant: a rule that never decides, an operation that nobody may do, rules in \
      shadow that do not protect or change nothing, limits that are off.

      Exit status: 0 right, 1 mistakes, 2 the file can't be read.
      """)

  @Argument(help: "The policy file.")
  var file: String?

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    let path = try file ?? options.reviewing().policyFile
    let name = path ?? "the built-in policy"
    let bytes = try path.map { try PolicyFiles.bytes($0) } ?? Array(PolicyDocument.standardText.utf8)
    do throws(PolicyFileError) {
      let document = try PolicyDocument(bytes: bytes)
      for warning in document.warnings { print("\(name): warning: \(warning)") }
      let policy = document.policy
      print(
        "\(name): right; version \(document.version), roles \(policy.roles.map(\.name).joined(separator: ", ")),",
        "\(policy.rules.count) rules, \(policy.rules.count { $0.mode == .shadow }) in shadow")
    } catch {
      for problem in error.problems { print("\(name): \(problem)") }
      throw PolicyStatus.no
    }
  }
}
