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
      A file is read as a hook's body is, with its rules and limits (docs/json.md). --rfc8259 leaves out the three rules \
      that go beyond RFC 8259: NUL, duplicate keys and numbers of up to 1000 characters are then accepted.

      A file that can't be read is `unreadable`, with the reason on standard error, and the others are still checked. \
      Exits with 0 where all were accepted, 1 where one was refused, 2 where one could not be read.
      """)

  @Flag(name: .customLong("rfc8259"), help: "Accept what RFC 8259 does and a hook does not.")
  var isLenient = false

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
    if isLenient {
      limits.allowsNUL = true
      limits.allowsDuplicateKeys = true
      limits.maximumNumberLength = 1_000
    }
    return limits
  }
}
