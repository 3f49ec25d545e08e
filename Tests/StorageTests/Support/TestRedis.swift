import Foundation
import Testing

@testable import Storage

/// A Redis of one test's own, so that it can be stopped, killed and started again.
final class TestRedis {
  private let folder: URL
  private var process: Process?

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ph-redis-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try start()
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)
  }

  var address: RedisAddress {
    get throws { try #require(RedisAddress("unix:\(folder.path)/redis.sock")) }
  }

  func start() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "redis-server", "--port", "0", "--unixsocket", "\(folder.path)/redis.sock", "--save", "", "--dir", folder.path,
      "--loglevel", "warning",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process
  }

  /// Ends the server at once.
  func kill() {
    guard let process, process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Leaves the server running but without an answer.
  func freeze() { process.map { _ = Foundation.kill($0.processIdentifier, SIGSTOP) } }

  /// Lets it answer again.
  func thaw() { process.map { _ = Foundation.kill($0.processIdentifier, SIGCONT) } }

  /// Runs one command on a connection of its own.
  @discardableResult
  func run(_ command: String...) throws -> RedisReply {
    let connection = try RedisConnection(address, by: .soon)
    return try #require(connection.pipeline([command], by: .soon).first)
  }
}
