import ArgumentParser
import ProxyHooks

struct PolicyMatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix",
    abstract: "Prints who may do what by a policy, and everything else that it says, on one page.",
    discussion: "Exit status: 0, or 2 where the file can't be read or has mistakes.")

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case text, markdown, html
  }

  @Argument(help: "The policy file.")
  var file: String?

  @Option(help: "text, markdown or html (a fragment).")
  var form = Form.text

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    let matrix = try PolicyFiles.chosen(file, options).document.matrix
    switch form {
    case .text: print(matrix.text, terminator: "")
    case .markdown: print(matrix.markdown(), terminator: "")
    case .html: print(matrix.html(), terminator: "")
    }
  }
}
