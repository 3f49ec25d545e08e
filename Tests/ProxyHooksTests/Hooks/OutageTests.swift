import Foundation
import Storage
import Testing

@testable import ProxyHooks

@Suite("Outages")
struct OutageTests {
  /// A database nobody answers at: each hook must refuse, soon, and say that it is for now.
  @Test("Without a database nothing is allowed")
  func noDatabase() async throws {
    let installation = try await Installation(database: "postgresql:///none?host=/nonexistent")
    let token = try installation.token("alice")
    let calls: [(HookKind, String)] = [
      (.connect, #"{"client":"c","data":{"token":"\#(token)"}}"#),
      (.subscribe, #"{"client":"c","user":"alice","channel":"match:demo-match"}"#),
      (
        .publish,
        #"{"client":"c","user":"alice","channel":"match:m","data":{"id":"\#(uuid())","kind":"text","text":"x"}}"#
      ),
      (.rpc, #"{"client":"c","user":"alice","method":"chat:history","data":{"match":"m"}}"#),
      (.rpc, #"{"client":"c","user":"alice","method":"chat:rooms","data":{}}"#),
      (.rpc, #"{"client":"c","user":"alice","method":"chat:read","data":{"match":"m","seq":1}}"#),
      (.rpc, #"{"client":"c","user":"alice","method":"chat:edit","data":{"match":"m","id":"\#(uuid())","text":"x"}}"#),
      (.rpc, #"{"client":"c","user":"alice","method":"chat:delete","data":{"match":"m","id":"\#(uuid())"}}"#),
      (
        .rpc,
        #"{"client":"c","user":"alice","method":"chat:report","data":{"match":"m","id":"\#(uuid())","reason":"spam"}}"#
      ),
      (.rpc, #"{"client":"c","user":"alice","method":"chat:block","data":{"user":"bob"}}"#),
    ]
    for (kind, body) in calls {
      let reply = try await installation.call(kind, body)
      #expect(reply.errorCode == 503, "\(kind)")
      #expect(reply.isTemporary, "\(kind)")
      #expect(reply.result == nil)
    }
    #expect(try await installation.call(.refresh, #"{"client":"c","user":"alice","meta":{"proxyhooks":1}}"#).isExpired)
    #expect(try await installation.call(.subRefresh, #"{"client":"c","user":"alice","channel":"match:m"}"#).isExpired)
    #expect(!installation.stores.readiness(isDraining: false).isReady)
  }

  @Test("Without Redis hooks go on with limits of this instance's own")
  func noRedis() async throws {
    let installation = try await Installation(
      ["PROXYHOOKS_REDIS_URL": "unix:/nonexistent/redis.sock"], policy: ["subscribe_user": "3/1h"],
      database: try TestDatabase.url())
    for _ in 0..<2_000 where !installation.stores.databaseLanes.allSatisfy(\.isConnected) {
      try await Task.sleep(for: .milliseconds(5))
    }
    let match = try installation.newMatch()
    for _ in 0..<3 { #expect(try await installation.subscribe("match:\(match)").result != nil) }
    #expect(try await installation.subscribe("match:\(match)").errorCode == 429)
    #expect(installation.stores.countsLocally)
    #expect(installation.stores.readiness(isDraining: false).isReady, "Redis is done without")
  }
}
