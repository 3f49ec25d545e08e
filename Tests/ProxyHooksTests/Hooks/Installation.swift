import Auth
import Foundation
import Logging
import Testing

@testable import ProxyHooks
@testable import Storage

/// The six hooks on real servers, called with the bodies that Centrifugo sends and answering with the bodies it gets.
struct Installation {
  static let secret = "a secret of at least thirty-two bytes for tests"
  static let now: Int64 = 1_800_000_000

  let hooks: HookService
  let policies: PolicyKeeper
  let stores: Stores
  let metrics: Metrics
  let keys: KeyRing
  let databaseURL: String
  private let decoder = HTTPHookRequestDecoder(limits: .standard)

  /// One for all tests that need no settings of their own; it has no limits, as they share their users.
  static var shared: Installation { get async throws { try await made.value } }

  private static let made = Task {
    try await Installation(policy: PolicyText.unlimited)
  }

  /// - Parameters:
  ///   - settings: over those that tests need.
  ///   - policy: values of the policy that are others than in the one that comes with the service.
  ///   - most: how many requests of a hook are decided at once.
  ///   - policyFile: a policy file instead, which is read again when it is looked at.
  init(
    _ settings: [String: String] = [:], policy: [String: String] = [:], most: Int = 1_024,
    policyFile: (path: String, read: @Sendable (String) -> [UInt8]?)? = nil, database: String? = nil
  ) async throws {
    databaseURL = try database ?? TestDatabase.url()
    var environment = [
      "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": Self.secret,
      "PROXYHOOKS_DATABASE_URL": databaseURL,
      "PROXYHOOKS_REDIS_URL": try TestDatabase.variable("PROXYHOOKS_TEST_REDIS_URL"),
    ]
    environment.merge(settings) { $1 }
    var configuration = try Configuration(environment: environment, file: nil) { _ in nil }
    configuration.policy = try PolicyText.document(policy)
    if let policyFile, let bytes = policyFile.read(policyFile.path) {
      configuration.policy = PolicySource(
        path: policyFile.path, document: try PolicyDocument(bytes: bytes), bytes: bytes, read: policyFile.read)
    }
    configuration.database.channelNames = configuration.policy.document.namespaces
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    stores = try Stores(database: configuration.database, redis: configuration.redis, log: log)
    metrics = Metrics(version: "test")
    policies = PolicyKeeper(configuration.policy, log: log)
    keys = KeyRing(configuration.keys, rules: configuration.tokenRules, patience: .milliseconds(50))
    hooks = HookService(
      policies: policies, stores: stores, keys: keys,
      observer: HookObserver(metrics: metrics, log: nil), most: most, clock: WallClock { Self.now }, log: log)
    if database == nil { try await settle() }
  }

  /// Waits until every lane takes work.
  func settle() async throws {
    for _ in 0..<2_000 {
      if (stores.databaseLanes + [stores.redisLane]).allSatisfy(\.isConnected) { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw TestDatabase.Missing(description: "the lanes do not connect")
  }

  /// The reply to a body, as bytes.
  func reply(_ kind: HookKind, _ body: String, milliseconds: Int = 60_000) async throws -> [UInt8] {
    var request = HookRequest(kind: kind, id: "test", deadline: .after(milliseconds: milliseconds))
    do {
      try decoder.decode(Array(body.utf8), into: &request)
    } catch {
      return HookReply.error(error.code(in: kind)).json(for: kind, encoding: request.encoding)
    }
    return await hooks.answer(request).json(for: kind, encoding: request.encoding)
  }

  /// The reply to a body, as an object.
  func call(_ kind: HookKind, _ body: String) async throws -> [String: Any] {
    let bytes = try await reply(kind, body)
    return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  func publish(_ data: String, as user: String = "alice", in match: String) async throws -> [String: Any] {
    try await call(.publish, #"{"client":"c","user":"\#(user)","channel":"match:\#(match)","data":\#(data)}"#)
  }

  func rpc(_ method: String, _ data: String, as user: String = "alice") async throws -> [String: Any] {
    try await call(.rpc, #"{"client":"c","user":"\#(user)","method":"\#(method)","data":\#(data)}"#)
  }

  func subscribe(_ channel: String, as user: String = "alice") async throws -> [String: Any] {
    try await call(.subscribe, #"{"client":"c","user":"\#(user)","channel":"\#(channel)"}"#)
  }

  /// A token for a user with more claims, as JSON members.
  func token(_ user: String, _ more: String = "", kid: String? = nil, expiresIn seconds: Int64 = 60) throws -> String {
    let signer = try TokenSigner(key: SigningKey(secret: Array(Self.secret.utf8)), algorithm: .hs256, keyID: kid)
    let claims = #"{"sub":"\#(user)","exp":\#(Self.now + seconds)\#(more.isEmpty ? "" : "," + more)}"#
    return try signer.sign(claimsJSON: Array(claims.utf8))
  }

  /// A new open match with alice (driver) and bob (rider).
  func newMatch() throws -> String {
    let id = "m-\(MessageID.random())"
    try run(
      """
      insert into proxyhooks.route_match (id) values ('\(id)');
      insert into proxyhooks.match_member (match_id, user_id, role) values ('\(id)', 'alice', 'driver'), ('\(id)', 'bob', 'rider')
      """)
    return id
  }

  @discardableResult
  func run(_ sql: String) throws -> PostgresResult { try TestDatabase.run(sql, on: databaseURL) }
}

/// A migrated database of this process's own on the suite's server.
enum TestDatabase {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  static func variable(_ name: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
      throw Missing(description: "\(name) is not set: run the tests with `make test`")
    }
    return value
  }

  static func url() throws -> String { try made.get() }

  private static let made = Result {
    let server = try variable("PROXYHOOKS_TEST_DATABASE_URL")
    let name = "hooks_\(getpid())"
    try run("create database \(name)", on: server)
    var parts = try #require(URLComponents(string: server))
    parts.path = "/\(name)"
    let url = try #require(parts.string)
    _ = try Migrator(url: url).run()
    return url
  }

  @discardableResult
  static func run(_ sql: String, on url: String) throws -> PostgresResult {
    let connection = try PostgresConnection(url: url, applicationName: "test", by: .after(milliseconds: 5_000))
    return try connection.run(script: sql, by: .after(milliseconds: 20_000))
  }
}

/// The numbers of a reply.
extension [String: Any] {
  var errorCode: Int? { (self["error"] as? [String: Any])?["code"] as? Int }
  var isTemporary: Bool { (self["error"] as? [String: Any])?["temporary"] as? Bool ?? false }
  var disconnectCode: Int? { (self["disconnect"] as? [String: Any])?["code"] as? Int }
  var result: [String: Any]? { self["result"] as? [String: Any] }
  var data: [String: Any]? { result?["data"] as? [String: Any] }
  var isExpired: Bool { result?["expired"] as? Bool == true && result?.count == 1 }
}
