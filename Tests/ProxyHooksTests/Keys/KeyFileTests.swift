import Auth
import Foundation
import NIOPosix
import Testing

@testable import ProxyHooks

@Suite("A key set in a file")
struct KeyFileTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "proxyhooks-keys-\(UUID().uuidString)")

  /// Serves `body` with the path of a file that holds `set`.
  private func with(_ set: String, _ body: (URL) async throws -> Void) async throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: "keys.json")
    try Data(set.utf8).write(to: file)
    try await body(file)
  }

  @Test("A file that changes is read again; a broken one leaves the last good keys")
  func rotation() async throws {
    let (old, new) = (try await IssuerKey("old"), try await IssuerKey("new"))
    let set = keySet(old.jwk())
    try await with(set) { file in
      let keys = try KeySet(jwksFile: Array(set.utf8), allowed: KeySettings.algorithms)
      let settings = KeySettings(
        secret: nil, source: .file(path: file.path, bytes: Array(set.utf8), keys: keys, interval: .milliseconds(10)))
      try await Keeping.run(settings) { keeping in
        #expect(keeping.ring.readiness.state == .up)
        #expect(try await keeping.verdict(old.token()) == "alice")
        try await keeping.reach(1, "unchanged")
        #expect(try await keeping.verdict(new.token()) == "key_unknown", "a file is never waited for")

        // The same length and the same time: only the content tells.
        let time = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        let replaced = keySet(new.jwk())
        try Data(replaced.utf8).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.modificationDate: try #require(time)], ofItemAtPath: file.path)
        #expect(replaced.utf8.count == set.utf8.count)
        try await keeping.reach(1, "replaced")
        #expect(try await keeping.verdict(new.token()) == "alice")
        #expect(try await keeping.verdict(old.token()) == "key_unknown")

        try Data("{".utf8).write(to: file)
        try await keeping.reach(1, "refused")
        #expect(keeping.ring.readiness.state == .degraded)
        try FileManager.default.removeItem(at: file)
        try await keeping.reach(1, "unreadable")
        #expect(mkfifo(file.path, 0o600) == 0)
        let before = keeping.counts.value(of: "unreadable")
        // A pipe is not waited for.
        try await keeping.reach(before + 2, "unreadable")
        try FileManager.default.removeItem(at: file)
        try Data(repeating: 0x20, count: KeySet.maximumBytes + 1).write(to: file)
        try await keeping.reach(1, "too_large")
        keeping.clock.pass(.seconds(1_000_000))
        #expect(try await keeping.verdict(new.token()) == "alice", "a file has no age")
        try Data(replaced.utf8).write(to: file)
        let unchanged = keeping.counts.value(of: "unchanged")
        try await keeping.reach(unchanged + 1, "unchanged")
        #expect(keeping.ring.readiness.state == .up)
      }
    }
  }
}
