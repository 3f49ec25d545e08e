import ArgumentParser
import Audit
import ProxyHooks

struct PolicyReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Decides the decisions of a log again, by another policy.",
    discussion: """
      Reads the lines of decision logs and decides each that the rules decided again, from its facts. Lines that were \
      refused before that (limits, malformed requests, servers that did not answer) are counted apart. Rate limits are not \
      replayed. Keeps no more than the counts and a few examples.

      Exit status: 0 all as before, 1 something would be otherwise, 2 a file or a line of it can't be read, or the policy \
      has mistakes.
      """)

  @Argument(help: "The logs' files, in the order of their lines; - is standard input.")
  var logs: [String]

  @Option(help: "The policy file.")
  var policy: String?

  @Option(help: "How many lines of each change to show: 0 to 100.")
  var examples = 3

  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    guard (0...100).contains(examples) else { throw ValidationError("--examples: want 0 to 100") }
  }

  func run() throws {
    let policy = try PolicyFiles.chosen(policy, options)
    var replay = PolicyReplay(under: policy.document, mostExamples: examples)
    for path in logs { try DecisionFiles.read(path) { replay.take($0) } }
    print(replay.document(under: policy.document.version).text, terminator: "")
    if replay.unreadable.count > 0 { throw PolicyStatus.unreadable }
    if replay.otherwise > 0 { throw PolicyStatus.no }
  }
}

/// The lines of decision logs.
enum DecisionFiles {
  /// Gives every line of the file to `take`, nil for one that is too long; of a directory the lines of the log's files, in
  /// their order.
  static func read(_ path: String, _ take: ([UInt8]?) throws -> Void) throws {
    guard LogFiles.isDirectory(path) else { return try read(file: path, take) }
    let names: [String]
    do {
      names = try LogFiles.names(in: path)
    } catch {
      throw PolicyStatus.unreadable("\(path): can't be read: \(error)")
    }
    guard !names.isEmpty else { throw PolicyStatus.unreadable("\(path): has no file of a decision log") }
    for name in names { try read(file: "\(path)/\(name)", take) }
  }

  private static func read(file path: String, _ take: ([UInt8]?) throws -> Void) throws {
    do {
      var reader = LineReader(file: try FileBytes.open(path), maximumBytes: LoggedDecision.limits.maximumBytes)
      while let line = try reader.next() {
        switch line {
        case .whole(let bytes): try take(bytes)
        case .tooLong: try take(nil)
        }
      }
    } catch let fault as FileBytes.Fault {
      throw PolicyStatus.unreadable("\(path): can't be read: \(fault)")
    }
  }
}
