import ArgumentParser
import ProxyHooks

struct PolicyShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Prints the policy file that is built in, to begin with.")

  func run() { print(PolicyDocument.standardText, terminator: "") }
}
