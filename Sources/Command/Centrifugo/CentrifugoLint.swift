import ArgumentParser
import CentrifugoSetup

struct CentrifugoLint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract:
      "Finds in a Centrifugo configuration what goes past the service, loses messages or is not what it looks like.",
    discussion: """
      Reads JSON, YAML or TOML as Centrifugo 6.9.1 reads it, with Centrifugo's variables over it where --environment names \
      them. Each finding has a rule's id, a severity, the key's path, why it matters and what to write instead.

      What the service needs is taken as it ships; the options below say where yours differs.

      Exits with 0 where nothing was found, 1 where something was (from --at-least on; info never counts), 2 where a file \
      can't be read.
      """)

  @Argument(help: "Centrifugo's configuration; - is standard input.")
  var file: String?

  @Option(help: "json, yaml or toml. Default: by the file's ending.")
  var form: SetupForm?

  @Option(
    help: "A file of KEY=VALUE lines: the variables that Centrifugo is started with. They win over the configuration.")
  var environment: String?

  @Option(help: "text or json: one object with all findings.")
  var output = OutputForm.text

  @Option(name: .customLong("ignore"), help: "A rule whose findings are accepted. May be given several times.")
  var ignored: [String] = []

  @Option(help: "The least severity that makes a failure: critical, high, medium or low.")
  var atLeast = Severity.low

  @Flag(help: "Print all rules as a Markdown document.")
  var list = false

  @OptionGroup(title: "What the service needs") var needs: ExpectationOptions

  enum OutputForm: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func validate() throws {
    if !list, file == nil { throw ValidationError("Want a configuration to look at.") }
    if atLeast == .info { throw ValidationError("--at-least: info never makes a failure; want low at least") }
    let known = Set(Rule.all.map(\.id))
    for id in ignored where !known.contains(id) {
      throw ValidationError("--ignore: there is no rule \(id); see --list")
    }
  }

  func run() throws {
    if list { return print(RuleTable.markdown, terminator: "") }
    guard let file else { return }
    let report: LintReport
    do throws(Unreadable) {
      report = LintReport(
        of: Setup(file: try configuration(file), environment: try variables()), expecting: needs.expectations,
        ignoring: Set(ignored))
    } catch {
      StandardStreams.complain(error.description)
      throw VectorStatus.unreadable
    }
    switch output {
    case .text: print(report.text, terminator: "")
    case .json: print(report.json)
    }
    if report.fails(at: atLeast) { throw VectorStatus.refused }
  }

  private struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  private func configuration(_ path: String) throws(Unreadable) -> SetupValue {
    guard let form = form ?? SetupForm(fileName: path) else {
      throw Unreadable(description: "\(path): can't tell its form by its ending; want --form json, yaml or toml")
    }
    do {
      return try form.read(try FileBytes.read(path, atMost: 1_048_576))
    } catch {
      throw Unreadable(description: "\(path): \(error)")
    }
  }

  private func variables() throws(Unreadable) -> EnvironmentFile? {
    guard let environment else { return nil }
    do {
      return try EnvironmentFile(try FileBytes.read(environment, atMost: 1_048_576))
    } catch {
      throw Unreadable(description: "\(environment): \(error)")
    }
  }
}
