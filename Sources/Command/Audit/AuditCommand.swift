import ArgumentParser
import Audit
import Glibc
import StrictJSON

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Reads the decision log: whether it was touched, and what was decided.",
    subcommands: [AuditVerify.self, AuditQuery.self, AuditKey.self])
}

/// Where the log is: paths, or the table.
struct AuditSource: ParsableArguments {
  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "Read the table proxyhooks.decision instead, by PROXYHOOKS_DATABASE_URL.")
  var database = false

  @Argument(help: "The log's directory, or files in their order; - is standard input.")
  var paths: [String] = []

  func validate() throws {
    guard database == paths.isEmpty else { throw ValidationError("Give paths or --database.") }
    guard paths.count < 2 || !paths.contains(where: { LogFiles.isDirectory($0) }) else {
      throw ValidationError("A directory is given alone.")
    }
  }

  /// Whether a whole directory is read.
  var isDirectory: Bool { paths.first.map { LogFiles.isDirectory($0) } ?? false }

  /// The files, with the names by which they are called.
  func files() throws -> [(path: String, name: String)] {
    guard let path = paths.first, isDirectory else { return paths.map { ($0, $0) } }
    do throws(LogFailure) {
      return try LogFiles.names(in: path).map { ("\(path)/\($0)", $0) }
    } catch {
      StandardStreams.complain("\(error)")
      throw VectorStatus.unreadable
    }
  }

  /// Opens `path`; says so and ends where it can't.
  static func open(_ path: String) throws -> Int32 {
    do throws(FileBytes.Fault) { return try FileBytes.open(path) } catch {
      StandardStreams.complain("\(path): \(error)")
      throw VectorStatus.unreadable
    }
  }

  /// Runs `body`, and says of what can't be read why.
  static func reading(_ body: () throws -> Void) throws {
    do { try body() } catch let end as ExitCode { throw end } catch let failure as Failure { throw failure } catch {
      StandardStreams.complain("\(error)")
      throw VectorStatus.unreadable
    }
  }
}

/// Says on a terminal how far a long reading has come.
struct Progress {
  private static let step = 32 << 20
  private let isShown = isatty(STDERR_FILENO) == 1
  private var bytes = 0
  private var shown = 0

  mutating func add(_ count: Int) {
    bytes += count
    guard isShown, bytes - shown >= Self.step else { return }
    shown = bytes
    Self.show("\r\(bytes >> 20) MiB")
  }

  func end() { if shown > 0 { Self.show("\r             \r") } }

  private static func show(_ text: String) { _ = write(STDERR_FILENO, text, text.utf8.count) }
}
