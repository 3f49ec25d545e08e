import ArgumentParser

struct Token: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Issues a token, or says what is wrong with one.", subcommands: [TokenIssue.self, TokenVerify.self])
}
