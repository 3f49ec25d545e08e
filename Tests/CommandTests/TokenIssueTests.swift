import Auth
import Foundation
import StrictJSON
import Testing

@Suite("proxyhooks token issue")
struct TokenIssueTests {
  private static let secret = "a test's own secret, which has no business anywhere else at all!"
  private static let settings = [
    "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": secret,
    "PROXYHOOKS_TOKEN_HMAC_KEY_ID": "k1", "PROXYHOOKS_TOKEN_ISSUER": "app", "PROXYHOOKS_TOKEN_AUDIENCE": "chat",
    "PROXYHOOKS_DATABASE_URL": "postgresql:///x", "PROXYHOOKS_REDIS_URL": "redis://localhost",
    "PROXYHOOKS_POLICY_FILE": "ride.yaml",
  ]

  private static let policy = "version: 1\nnamespaces: {room: ride}\nroles: [rider]\nrules: []\n"

  /// The payload of what is printed, once its signature has been verified.
  private func claims(_ result: CommandRun.Result, keyID: String? = nil) throws -> JSON {
    #expect(result.errors.isEmpty)
    try #require(result.status == 0 && result.lines.count == 1)
    let keys = try KeySet(secret: Array(Self.secret.utf8), algorithm: .hs256, keyID: keyID)
    return try JSON.parse(JWS.verify(Array(result.lines[0].utf8), keys: keys))
  }

  @Test("The settings sign, and give issuer, audience, kid and namespaces; token verify takes the token")
  func settings() async throws {
    let command = try CommandRun()
    _ = try command.file("ride.yaml", Self.policy)
    let result = try await command.run(
      ["token", "issue", "--user", "alice", "--channels", "ride:1", "user:alice"], environment: Self.settings)
    let claims = try claims(result, keyID: "k1")
    #expect(claims["iss"]?.isString("app") == true && claims["aud"]?.isString("chat") == true)
    #expect(claims["channels"].map { Array($0.rawBytes) } == Array(#"["ride:1","user:alice"]"#.utf8))
    let lifetime = try #require(claims["exp"]?.integer) - #require(claims["iat"]?.integer)
    #expect(lifetime == 3_600)
    let verified = try await command.run(["token", "verify"], input: result.output.utf8, environment: Self.settings)
    #expect(verified.lines.first == "valid")
  }

  @Test("Every claim can be given")
  func everyClaim() async throws {
    let command = try CommandRun()
    let key = try command.file("key", Self.secret + "\n")
    let who = ["token", "issue", "--key", key, "--user", "alice", "--id", "t1", "--issued-at", "1000"]
    let connection = try await command.run(
      who + [
        "--expires-in", "5", "--not-before", "999", "--issuer", "i", "--audience", "a", "--audience", "b",
        "--info", #"{"a": 1}"#, "--meta", #"{"b":{}}"#, "--subs", #"{"match:1":{"data":{}}}"#,
      ])
    #expect(
      Array(try claims(connection).rawBytes)
        == Array(
          (#"{"sub":"alice","exp":1005,"iat":1000,"nbf":999,"jti":"t1","iss":"i","aud":["a","b"],"info":{"a": 1},"#
            + #""meta":{"b":{}},"subs":{"match:1":{"data":{}}}}"#).utf8))
    let subscription = try await command.run(
      who + [
        "--kind", "subscription", "--channel", "match:1", "--expires-at", "1060", "--info", "{}", "--data", "{}",
        "--override", #"{"presence":{"value":false}}"#,
      ])
    #expect(
      Array(try claims(subscription).rawBytes)
        == Array(
          (#"{"sub":"alice","channel":"match:1","exp":1060,"iat":1000,"jti":"t1","info":{},"data":{},"#
            + #""override":{"presence":{"value":false}}}"#).utf8))
  }

  @Test(
    "What can't be a token of its kind is refused before any key is read, with what is wrong",
    arguments: [
      (["--user", "a b"], "--user"), (["--user", "a", "--kind", "subscription"], "--channel"),
      (["--user", "a", "--channel", "match:1"], "--channel"),
      (["--user", "a", "--kind", "subscription", "--channel", "match:1", "--meta", "{}"], "--meta"),
      (["--user", "a", "--channels", "match:1", "--subs", "{}"], "--subs"),
      (["--user", "a", "--expires-in", "1", "--expires-at", "2"], "--expires-at"),
      (["--user", "a", "--id", ""], "--id"),
      (["--user", "a", "--algorithm", "none"], "--algorithm"),
    ])
  func wrongOptions(arguments: [String], named: String) async throws {
    let result = try await CommandRun().run(["token", "issue", "--key", "none"] + arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(named))
  }

  @Test(
    "What must not be issued is not, with its reason",
    arguments: [
      (["--expires-in", "0"], "expiry_passed"), (["--expires-in", "86401"], "lifetime_too_long"),
      (["--info", "1"], "not_an_object"), (["--info", "{"], "malformed_json"),
      (["--channels", "room"], "channel_invalid"),
      (["--subs", #"{"match:1":{"x":1}}"#], "options_invalid"), (["--algorithm", "RS256"], "algorithm_mismatch"),
      (["--key", "none"], "--key"),
    ])
  func refused(arguments: [String], reason: String) async throws {
    let command = try CommandRun()
    let key = try command.file("key", Self.secret)
    let result = try await command.run(["token", "issue", "--user", "a", "--key", key] + arguments)
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(reason), "\(result.errors)")
  }

  @Test("A token that the service itself would refuse is not printed")
  func serviceRefuses() async throws {
    let command = try CommandRun()
    _ = try command.file("ride.yaml", Self.policy)
    let result = try await command.run(
      ["token", "issue", "--user", "alice", "--issuer", "other"], environment: Self.settings)
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.contains("issuer_mismatch"))
  }

  @Test("A secret that was given as an argument by mistake is not repeated")
  func misplacedSecret() async throws {
    let result = try await CommandRun().run(["token", "issue", "--user", "alice", "--key", Self.secret])
    #expect(result.status == 1)
    #expect(!result.errors.contains(Self.secret))
  }
}
