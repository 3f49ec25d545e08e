import ArgumentParser

/// The command `proxyhooks`.
@main
struct ProxyHooksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proxyhooks",
    abstract: "Decides for Centrifugo who may connect, listen, write and read in a match's chat.",
    discussion: """
      Settings come from the environment (PROXYHOOKS_…) and from a file of KEY=VALUE lines given by --config or \
      PROXYHOOKS_CONFIG; the environment wins. `proxyhooks settings` lists them.
      """,
    version: Build.version,
    subcommands: [
      Serve.self, Migrate.self, Prune.self, Person.self, PolicyCommand.self, AuditCommand.self, Token.self,
      JWSCommand.self, JSONCommand.self, Settings.self, Codes.self, CentrifugoCommand.self,
    ])
}

/// What this build is.
enum Build {
  static let version = "0.1.0"
}
