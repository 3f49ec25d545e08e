import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Who may do what: reads, tests, compares and explains policy files.",
    discussion: """
      A policy is the file that is named, else that of PROXYHOOKS_POLICY_FILE, else the one that is built in; standard error \
      says which. docs/policy.md tells what stands in one.
      """,
    subcommands: [
      PolicyShow.self, PolicyCheck.self, PolicyTest.self, PolicyMatrixCommand.self, PolicyExplain.self, PolicyDiff.self,
      PolicyReplayCommand.self,
    ])
}

/// How the commands about a policy end.
enum PolicyStatus {
  /// The answer is no: a mistake, a failed assertion, a change, a denial.
  static let no = ExitCode(1)
  /// There is no answer: something could not be read.
  static let unreadable = ExitCode(2)

  /// Ends with what could not be read.
  static func unreadable(_ text: String) -> ExitCode {
    StandardStreams.complain(text)
    return unreadable
  }
}
