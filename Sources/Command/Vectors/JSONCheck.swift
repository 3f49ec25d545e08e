import ArgumentParser
import StrictJSON

struct JSONCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "json", abstract: "Runs the strict parser on documents.", subcommands: [JSONCheck.self])
}

struct JSONCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Prints `accepted` or `refused <reason>` for each file, in order.",
    discussion: """
      A file is read by the parser of hooks' bodies, with its limits of size and depth, as RFC 8259 has it. --hook adds the \
      three rules of hooks that go beyond that (docs/json.md): no NUL, no duplicate key, no number over 64 characters.

      A file that can't be read is `unreadable`, with the reason on standard error, and the others are still checked. \
      Exits with 0 where all were accepted, 1 where one was refused, 2 where one could not be read.
      """)

  @Flag(name: .customLong("hook"), help: "Refuse all that a hook refuses.")
  var isHook = false

  @Option(help: "The longest document, in bytes.")
  var maxBytes = JSONLimits.standard.maximumBytes

  @Option(help: "The most objects and arrays inside each other.")
  var maxDepth = JSONLimits.standard.maximumDepth

  @Argument(help: "What to check; - is standard input.")
  var files: [String]

  func validate() throws {
    guard (1...268_435_456).contains(maxBytes) else { throw ValidationError("--max-bytes: want 1 to 268435456") }
    guard (1...1_000_000).contains(maxDepth) else { throw ValidationError("--max-depth: want 1 to 1000000") }
  }

  func run() throws {
    var end = ExitCode.success
    for path in files {
      do {
        let bytes = try FileBytes.read(path, atMost: maxBytes)
        if let refusal = refusal(of: bytes) {
          try StandardStreams.print("refused \(refusal)")
          if end == .success { end = VectorStatus.refused }
        } else {
          try StandardStreams.print("accepted")
        }
      } catch let fault as FileBytes.Fault {
        StandardStreams.complain("\(path): \(fault)")
        try StandardStreams.print("unreadable")
        end = VectorStatus.unreadable
      }
    }
    throw end
  }

  private func refusal(of bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSON.parse(bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  private var limits: JSONLimits {
    var limits = JSONLimits(maximumBytes: maxBytes, maximumDepth: maxDepth)
    if !isHook {
      limits.allowsNUL = true
      limits.allowsDuplicateKeys = true
      limits.maximumNumberLength = 1_000
    }
    return limits
  }
}
