import ArgumentParser
import ProxyHooks

struct Settings: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Prints every setting as a Markdown table.")

  func run() { print(MarkdownTables.settings, terminator: "") }
}

struct Codes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints every code a client can get as a Markdown table.")

  func run() { print(MarkdownTables.codes, terminator: "") }
}
