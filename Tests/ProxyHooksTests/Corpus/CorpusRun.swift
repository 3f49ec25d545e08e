import Auth
import Foundation
import GRPCCore
import Logging
import NIOPosix
import StrictJSON
import Testing

@testable import ProxyHooks
@testable import Storage

/// A corpus of requests, each sent over one transport to the hooks with a decision log of their own.
struct CorpusRun {
  /// What became of a request: all but what differs by its nature, which is times, ids, durations and places in bytes.
  struct Outcome: Equatable {
    var reply: String
    /// The decision's line; nil where the caller was not let in.
    var record: [String: String]?
  }

  struct Result {
    var outcomes: [Outcome]
    /// The messages of all scenes.
    var rows: [[String?]]
  }

  private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private let hooks: HookService
  private let observer: HookObserver
  private let log: DecisionLog
  private let folder: URL
  private let centrifugo: CentrifugoAPI
  private let installation: Installation
  private let scenes: [CorpusScene]

  static func overHTTP(_ cases: [HookCase], _ installation: Installation) async throws -> Result {
    try await CorpusRun(cases, installation, "http").result { run in
      var settings = HTTPSettings()
      settings.port = 0
      // What a busy machine takes its time for is no difference.
      settings.answerTime = .seconds(60)
      let listener = HTTPListener(
        settings: settings, secrets: try CallerSecrets([Array(TestListener.secret.utf8)]), answering: run.hooks,
        observer: run.observer, group: MultiThreadedEventLoopGroup.singleton, logger: quiet)
      try await listener.start()
      let port = try #require(listener.ports.first)
      var replies: [String?] = []
      for (it, scene) in zip(cases, run.scenes) {
        let client = try await RawClient(port: port)
        let body = it.body(in: scene)
        let headers = it.headers(in: scene).map { "\($0): \($1)\r\n" }.joined()
        await client.send(
          "POST /centrifugo/\(it.kind.rawValue) HTTP/1.1\r\nHost: h\r\n\(headers)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let reply = try #require(await client.receive().replies.first, "\(it)")
        replies.append(reply.status == 401 ? nil : try Spoken(http: reply.body, it.kind).text)
      }
      await listener.drain()
      return replies
    }
  }

  static func overGRPC(_ cases: [HookCase], _ installation: Installation) async throws -> Result {
    try await CorpusRun(cases, installation, "grpc").result { run in
      var replies: [String?] = []
      try await TestGRPCListener.serve(hooks: run.hooks, log: run.log) { test in
        try await test.connect { client in
          for (it, scene) in zip(cases, run.scenes) {
            var metadata = Metadata()
            for (name, value) in it.headers(in: scene) { metadata.addString(value, forKey: name) }
            do {
              let received = try await client.call(it.kind.method, [it.message(in: scene)], metadata: metadata)
              try #require(received.count == 1, "\(it)")
              replies.append(try Spoken(grpc: received[0], it.kind).text)
            } catch let error as RPCError where error.code == .unauthenticated {
              replies.append(nil)
            }
          }
        }
      }
      return replies
    }
  }

  private init(_ cases: [HookCase], _ installation: Installation, _ name: String) throws {
    self.installation = installation
    folder = FileManager.default.temporaryDirectory.appending(path: "proxyhooks-corpus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    log = try DecisionLog(
      settings: DecisionLogSettings(.directory(folder.path)), database: nil, version: "test", log: Self.quiet)
    observer = HookObserver(metrics: Metrics(version: "test"), log: log)
    // Nobody is there: what asks Centrifugo fails after its decision.
    centrifugo = CentrifugoAPI(
      settings: CentrifugoAPISettings(address: "http://127.0.0.1:1/api", key: "none"),
      group: MultiThreadedEventLoopGroup.singleton)
    hooks = HookService(
      policies: installation.policies, stores: installation.stores, keys: installation.keys, centrifugo: centrifugo,
      observer: observer, clock: WallClock { Installation.now }, log: Self.quiet)
    let shared = try CorpusScene(
      installation, name, given: Facts(membership: MembershipFacts(matchState: .open, role: .driver)))
    scenes = try cases.map { it in
      try it.given.map { try CorpusScene(installation, name, given: $0) } ?? shared
    }
  }

  private func result(_ send: (CorpusRun) async throws -> [String?]) async throws -> Result {
    defer { try? FileManager.default.removeItem(at: folder) }
    var replies: [String?] = []
    do { replies = try await send(self) } catch { Issue.record(error) }
    await log.close()
    await centrifugo.close()
    return Result(outcomes: try outcomes(replies), rows: try scenes.rows(installation))
  }

  private func outcomes(_ replies: [String?]) throws -> [Outcome] {
    var records = try lines()[...]
    let outcomes = zip(replies, scenes).map { reply, scene in
      guard let reply else { return Outcome(reply: "", record: nil) }
      let record = records.popFirst()
      return Outcome(reply: scene.hidden(reply), record: record?.mapValues(scene.hidden))
    }
    #expect(records.isEmpty)
    return outcomes
  }

  private static let madeAnew: Set = ["log", "seq", "time", "id", "us", "hash"]

  private func lines() throws -> [[String: String]] {
    var records: [[String: String]] = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      let bytes = try Data(contentsOf: folder.appending(path: file))
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        guard let json = try? JSON.parse(Array(line)), json["hook"] != nil, let members = json.members else { continue }
        var record: [String: String] = [:]
        for (key, value) in members where !Self.madeAnew.contains(key) {
          record[key] = String(decoding: value.rawBytes, as: UTF8.self)
        }
        // What could be read before the fault is known to one transport only, as is where the fault is: a body of HTTP's
        // ends after its payload does, so that a payload that ends early is another fault there.
        if record["reason"]?.hasPrefix("\"body: ") == true {
          for key in ["user", "client", "channel", "method"] { record[key] = nil }
          record["reason"] = "body"
        }
        records.append(record)
      }
    }
    return records
  }
}

extension [CorpusScene] {
  /// The messages of each scene's room, in the scenes' order.
  fileprivate func rows(_ installation: Installation) throws -> [[String?]] {
    var seen: Set<String> = []
    return try filter { seen.insert($0.match).inserted }.flatMap { scene in
      let result = try installation.run(
        """
        select id::text, seq::text, sender, kind, text, lat::text, lon::text, deleted_at is null, edited_at is null
        from proxyhooks.message where match_id = '\(scene.match)' order by seq
        """)
      return (0..<result.rowCount).map { row in (0..<9).map { result.text(row, $0).map(scene.hidden) } }
    }
  }
}
