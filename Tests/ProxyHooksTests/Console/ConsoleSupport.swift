import Auth
import CentrifugoSetup
import Logging
import NIOPosix
import Storage
import Testing

@testable import ProxyHooks

/// A console on a listener of its own, over stores that have no servers.
struct TestConsole {
  static let token = "a reviewer's token of 32 bytes !"
  static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  let port: Int
  let ring: DecisionRing

  static func serve(
    isOn: Bool = true, centrifugo: (path: String, text: String)? = nil, log: Logger = quiet,
    _ body: (TestConsole) async throws -> Void
  ) async throws {
    let ring = DecisionRing()
    let stores = try Stores(
      database: DatabaseSettings(url: "postgresql://nobody@127.0.0.1:1/none"),
      redis: try #require(RedisAddress("redis://127.0.0.1:1/0")), log: quiet)
    defer { stores.close() }
    let settings = ConsoleSettings(
      token: try CallerSecrets([Array(token.utf8)]), centrifugoFile: centrifugo?.path,
      read: { _ in centrifugo.map { Array($0.text.utf8) } })
    let readiness = { @Sendable in
      Readiness(components: [.init(name: "database", state: .down)], isDraining: false)
    }
    let console = Console(
      settings,
      sources: .init(
        version: "1.2.3", policies: PolicyKeeper(.builtIn, log: quiet), ring: ring, limits: LimitWatch(),
        stores: stores,
        readiness: readiness, decisionLog: "to a test", milliseconds: 200, expectations: SetupExpectations()), log: log)
    let listener = OperationsListener(
      port: 0, metrics: Metrics(version: "1.2.3"), readiness: readiness, console: isOn ? console : nil,
      group: MultiThreadedEventLoopGroup.singleton, logger: quiet)
    try await listener.start()
    do {
      try await body(TestConsole(port: try #require(listener.port), ring: ring))
    } catch {
      await listener.drain()
      throw error
    }
    await listener.drain()
  }

  static func basic(_ token: String, user: String = "reviewer") -> String {
    "Authorization: Basic \(Base64.encode(Array("\(user):\(token)".utf8)))\r\n"
  }

  /// A request with the token, unless other headers are given.
  func get(_ path: String, method: String = "GET", headers: String = basic(token)) async throws -> RawReplies.Reply {
    let client = try await RawClient(port: port)
    await client.send("\(method) \(path) HTTP/1.1\r\nHost: h\r\n\(headers)Connection: close\r\n\r\n")
    return try #require(await client.receive(until: .closed).replies.first)
  }
}

extension HookRecord {
  /// A record with some of its values.
  static func test(
    _ kind: HookKind = .publish, id: String = "r-1", user: String = "alice", channel: String = "match:m1",
    method: String = "", outcome: HookOutcome = .deny, code: Code? = .denied, reason: String = "not_a_member",
    facts: Facts? = nil, shadow: (String, String)? = nil
  ) -> HookRecord {
    var request = HookRequest(kind: kind, id: id, deadline: Deadline(nanoseconds: 0))
    request.user = user
    request.channel = channel
    request.method = method
    request.client = user
    var record = HookRecord(request, outcome: outcome, code: code, reason: reason)
    record.facts = facts?.json ?? []
    record.shadow = shadow
    record.rule = reason
    record.policy = PolicyDocument.standard.version
    record.durationMicroseconds = 1_234
    return record
  }
}

/// What a stranger may call himself.
let hostileNames = [
  "<script>alert(1)</script>", "\" onfocus=\"alert(1)", "' onfocus='alert(1)",
  "</td></table><img src=x onerror=alert(1)>",
  "&lt;script&gt;", "alice\u{202E}gpj.exe", "\u{200B}\u{2066}bob\u{0}\n", String(repeating: "<b>", count: 3_000),
  "a\u{301}\u{489}\u{E0041}\u{FE0F}", "javascript:alert(1)", "x&id=other#y?z=%00",
]
