import Foundation
import Testing

/// The built command, run as a process in a folder of its own.
final class CommandRun: Sendable {
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
  }

  let folder: URL
  private let inner: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("proxyhooks-command-\(UUID().uuidString)")
    inner = folder.appendingPathComponent("streams")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The path of a new file.
  func file(_ name: String, _ content: some Sequence<UInt8>) throws -> String {
    let url = folder.appendingPathComponent(name)
    try Data(content).write(to: url)
    return url.path
  }

  func file(_ name: String, _ content: String) throws -> String { try file(name, content.utf8) }

  /// Runs the command to its end. Through files, which hold any amount without anybody reading along; no thread waits.
  func run(
    _ arguments: [String], input: some Sequence<UInt8> = [UInt8](), environment: [String: String] = [:]
  ) async throws -> Result {
    let process = process(arguments, environment)
    let streams = try ["in", "out", "errors"].map { name in
      let url = inner.appendingPathComponent(name)
      try Data(name == "in" ? Array(input) : []).write(to: url)
      return url
    }
    process.standardInput = try FileHandle(forReadingFrom: streams[0])
    process.standardOutput = try FileHandle(forWritingTo: streams[1])
    process.standardError = try FileHandle(forWritingTo: streams[2])
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      // Not started, it does not call the handler.
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return Result(
      status: process.terminationStatus, output: try String(contentsOf: streams[1], encoding: .utf8),
      errors: try String(contentsOf: streams[2], encoding: .utf8))
  }

  /// The command, beside the program that the tests are; nothing of this process' own settings reaches it.
  func process(_ arguments: [String], _ environment: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("proxyhooks")
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = folder
    return process
  }
}

/// Runs what waits on a thread that nobody else needs.
func offTheCooperativePool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
  }
}
