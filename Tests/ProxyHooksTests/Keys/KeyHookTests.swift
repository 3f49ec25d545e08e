import Foundation
import Testing

@testable import ProxyHooks

@Suite("Connecting with an issuer's keys")
struct KeyHookTests {
  /// Nobody fetches here: it is the time before the first set.
  @Test("Before the first set connect answers for now; the secret's tokens and a missing token are answered for good")
  func noSet() async throws {
    let installation = try await Installation([
      "PROXYHOOKS_TOKEN_JWKS_URL": "http://127.0.0.1:1/keys", "PROXYHOOKS_TOKEN_HMAC_KEY_ID": "own",
    ])
    func connect(_ token: String) async throws -> [String: Any] {
      try await installation.call(.connect, #"{"client":"c","data":{"token":"\#(token)"}}"#)
    }
    let key = try await IssuerKey("issuer's")
    let reply = try await connect(String(decoding: key.token(), as: UTF8.self))
    #expect(reply.errorCode == 503)
    #expect(reply.isTemporary)
    #expect(reply.result == nil)
    #expect(try await installation.call(.connect, #"{"client":"c","data":{}}"#).disconnectCode == 4502)
    #expect(try await connect(installation.token("alice", kid: "own")).result?["user"] as? String == "alice")
    #expect(try await connect(installation.token("alice")).disconnectCode == 4501, "a token without a kid")
  }
}
