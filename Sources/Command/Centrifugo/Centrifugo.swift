import ArgumentParser

struct CentrifugoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "centrifugo", abstract: "Checks and writes Centrifugo's configuration.",
    subcommands: [CentrifugoLint.self, CentrifugoConfig.self])
}
