import Foundation
import NIOPosix
import Testing

@testable import ProxyHooks
@testable import Storage

/// Every method of the API's client, on a Centrifugo of this test's own.
@Suite(
  "Centrifugo's server API, on a Centrifugo",
  .enabled(if: LiveCentrifugo.program != nil, "CENTRIFUGO_BIN is not set to a Centrifugo"))
struct CentrifugoAPILiveTests {
  @Test("Each method does what it says, and a wrong key and an unknown namespace are told apart")
  func methods() async throws {
    let centrifugo = try await LiveCentrifugo()
    defer { centrifugo.end() }
    let api = CentrifugoAPI(
      settings: CentrifugoAPISettings(address: centrifugo.address, key: LiveCentrifugo.key),
      group: .singletonMultiThreadedEventLoopGroup)
    let soon = Deadline.after(milliseconds: 30_000)
    let nodes = try await api.info(by: soon)
    #expect(nodes.map(\.connections) == [0])

    // The same key twice is one publication; without one it is two.
    for _ in 0..<2 { try await api.publish(Array(#"{"n":1.0}"#.utf8), in: "room:a", idempotencyKey: "once", by: soon) }
    try await api.publish(Array("2".utf8), in: "room:a", by: soon)
    try await api.publish(Array("3".utf8), in: "room:a", skipHistory: true, by: soon)
    let history = try await api.history(of: "room:a", limit: 10, by: soon)
    #expect(history.map { String(decoding: $0, as: UTF8.self) } == [#"{"n":1.0}"#, "2"])
    #expect(try await api.history(of: "room:a", limit: 1, by: soon).count == 1)

    let failures = try await api.broadcast(Array("4".utf8), in: ["room:a", "nowhere:b", "room:c"], by: soon)
    #expect(failures == ["nowhere:b": 102])
    #expect(try await api.history(of: "room:c", limit: 10, by: soon).count == 1)

    #expect(try await api.presence(in: "room:a", by: soon) == [:])
    let stats = try await api.presenceStats(in: "room:a", by: soon)
    #expect(stats.connections == 0 && stats.users == 0)
    // Nobody is connected: that these are taken is what can be seen here; the end-to-end tests see people leave.
    try await api.subscribe("alice", to: "room:a", by: soon)
    try await api.unsubscribe("alice", from: "room:a", by: soon)
    try await api.disconnect("alice", code: 4503, reason: "banned", by: soon)

    await #expect(throws: CentrifugoAPIError.refused(code: 102)) {
      try await api.publish(Array("1".utf8), in: "nowhere:a", by: soon)
    }
    await api.close()
    let stranger = CentrifugoAPI(
      settings: CentrifugoAPISettings(address: centrifugo.address, key: "another"),
      group: .singletonMultiThreadedEventLoopGroup)
    await #expect(throws: CentrifugoAPIError.status(401)) { _ = try await stranger.info(by: soon) }
    await stranger.close()
  }
}

/// A Centrifugo without hooks, on a free port of this machine.
private struct LiveCentrifugo {
  static let key = "the-key-of-a-test"
  static var program: String? {
    ProcessInfo.processInfo.environment["CENTRIFUGO_BIN"].flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  let address: String
  private let process = Process()
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("centrifugo-\(UUID())")

  init() async throws {
    let holder = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(holder.localAddress?.port)
    try await holder.close()
    address = "http://127.0.0.1:\(port)/api"
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("config.json")
    let configuration = """
      {"http_server": {"address": "127.0.0.1", "port": \(port)}, "http_api": {"key": "\(Self.key)"},
       "usage_stats": {"disabled": true}, "log": {"level": "error"},
       "channel": {"namespaces": [{"name": "room", "presence": true, "history_size": 10, "history_ttl": "60s"}]}}
      """
    try configuration.write(to: file, atomically: true, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: try #require(Self.program))
    process.arguments = ["--config", file.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let api = CentrifugoAPI(
      settings: CentrifugoAPISettings(address: address, key: Self.key), group: .singletonMultiThreadedEventLoopGroup)
    for _ in 0..<2_000 {
      if (try? await api.info(by: .after(milliseconds: 1_000))) != nil { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    await api.close()
  }

  func end() {
    process.terminate()
    try? FileManager.default.removeItem(at: folder)
  }
}
