import ArgumentParser
import Glibc

/// Lines on the standard streams, written at once: whoever drives the command waits for each.
enum StandardStreams {
  static func print(_ line: String) throws { try write(line + "\n", to: STDOUT_FILENO) }

  static func complain(_ line: String) { try? write(line + "\n", to: STDERR_FILENO) }

  private static func write(_ text: String, to file: Int32) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno != EINTR { throw VectorStatus.unreadable }
      rest = rest.dropFirst(max(0, count))
    }
  }
}

/// How the commands that check vectors end.
enum VectorStatus {
  /// Something was refused.
  static let refused = ExitCode(1)
  /// A key or a file could not be read, or nothing can be printed.
  static let unreadable = ExitCode(2)
}
