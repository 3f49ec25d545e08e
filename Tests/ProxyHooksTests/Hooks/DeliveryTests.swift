import Foundation
import Testing

@testable import ProxyHooks
@testable import Storage

@Suite("Delivery")
struct DeliveryTests {
  private func outbox(_ installation: Installation, _ match: String) throws -> Int64? {
    try installation.run(
      "select count(*) from proxyhooks.outbox where method = 'publish' and payload::text like '%\(match)%'"
    ).integer(0, 0)
  }

  @Test("What chat:send stores is answered, is in the outbox once, and is the same message when it is sent again")
  func send() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let id = uuid()
    let data = #"{"match":"\#(match)","id":"\#(id)","kind":"text","text":"by rpc"}"#
    let first = try #require(try await installation.rpc("chat:send", data).data)
    let message = try #require(first["message"] as? NSDictionary)
    #expect(Set(first.keys) == ["message"])
    #expect(message["id"] as? String == id && message["seq"] as? Int == 1 && message["sender"] as? String == "alice")
    try installation.run(
      "update proxyhooks.message set sent_at = sent_at - interval '1 hour' where match_id = '\(match)'")
    let second = try #require(try await installation.rpc("chat:send", data).data?["message"] as? NSDictionary)
    #expect(second["id"] as? String == id && second["seq"] as? Int == 1)
    #expect(try outbox(installation, match) == 1)
    let page = try #require(try await installation.rpc("chat:history", #"{"match":"\#(match)"}"#).data)
    #expect((page["messages"] as? [NSDictionary]) == [second])
  }

  @Test(
    "chat:send refuses by the same codes as the publish hook, and stores nothing",
    arguments: [
      (#"{"kind":"text","text":"x"}"#, 1001), (#"{"id":"$I","kind":"image"}"#, 1002),
      (#"{"id":"$I","kind":"text","text":" "}"#, 1003), (#"{"id":"$I","kind":"text","text":"x","to":"bob"}"#, 422),
      (#"{"id":"$I","kind":"location","lat":91,"lon":0}"#, 1005),
      (#"{"id":"$I","kind":"location","lat":1,"lon":0,"text":"x"}"#, 422),
    ])
  func sendRefuses(message: String, code: Int) async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let message = message.replacing("$I", with: uuid())
    #expect(
      try await installation.rpc("chat:send", #"{"match":"\#(match)","# + message.dropFirst()).errorCode == code)
    #expect(try await installation.rpc("chat:send", message).errorCode == 1011)
    #expect(try outbox(installation, match) == 0)
  }

  @Test("Strangers, the muted and members of a match that is over can't chat:send")
  func sendMembership() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    func code(_ user: String, in match: String) async throws -> Int? {
      try await installation.rpc(
        "chat:send", #"{"match":"\#(match)","id":"\#(uuid())","kind":"text","text":"x"}"#, as: user
      ).errorCode
    }
    #expect(try await code("mallory", in: match) == 403)
    #expect(try await code("alice", in: "no-such-match") == 403)
    try installation.run("select proxyhooks.mute_member('\(match)', 'bob')")
    #expect(try await code("bob", in: match) == 450)
    try installation.run("select proxyhooks.close_match('\(match)')")
    #expect(try await code("alice", in: match) == 451)
    #expect(try outbox(installation, match) == 0)
  }

  @Test("chat:send counts towards the limits of publishing")
  func sendLimits() async throws {
    let installation = try await Installation(policy: ["publish_room": "2/60s"])
    let match = try installation.newMatch()
    func message() -> String { #"{"id":"\#(uuid())","kind":"text","text":"x"}"# }
    let person = "sender-\(uuid())"
    try installation.run("select proxyhooks.join_match('\(match)', '\(person)', 'rider')")
    #expect(try await installation.publish(message(), as: person, in: match).errorCode == nil)
    for code in [nil, 429] {
      let data = #"{"match":"\#(match)","# + message().dropFirst()
      #expect(try await installation.rpc("chat:send", data, as: person).errorCode == code)
    }
    #expect(try await installation.publish(message(), as: person, in: match).errorCode == 429)
  }

  @Test("A publish sent again after more than four minutes is told that it is stored, and is not broadcast again")
  func old() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let data = #"{"id":"\#(uuid())","kind":"text","text":"x"}"#
    let key = try #require(try await installation.publish(data, in: match).result?["idempotency_key"] as? String)
    let again = try await installation.publish(data, in: match)
    #expect(again.result?["idempotency_key"] as? String == key)
    try installation.run(
      "update proxyhooks.message set sent_at = sent_at - interval '241 seconds' where match_id = '\(match)'")
    let late = try await installation.publish(data, in: match)
    #expect(late.errorCode == 452 && !late.isTemporary && late.result == nil)
    #expect(try outbox(installation, match) == 1)
  }

  @Test("A direct namespace's publish is stored without a row in the outbox; a guaranteed one's has one")
  func modes() async throws {
    for (mode, rows) in [("direct", 0), ("guaranteed", 1)] {
      let installation = try await Installation(policy: ["delivery": mode])
      let match = try installation.newMatch()
      let reply = try await installation.publish(#"{"id":"\#(uuid())","kind":"text","text":"x"}"#, in: match)
      #expect(reply.result?["idempotency_key"] != nil)
      #expect(try outbox(installation, match) == Int64(rows))
    }
  }

  @Test("Hooks that would speak to other channels than the database's triggers take no work")
  func namespaces() async throws {
    let installation = try await Installation(policy: ["room": "ride"], database: TestDatabase.url())
    for _ in 0..<2_000 where installation.stores.databaseLanes.contains(where: { $0.failure == nil }) {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(installation.stores.databaseLanes.allSatisfy { $0.failure?.serverCode == "namespaces_differ" })
  }

  private func uuid() -> String { UUID().uuidString.lowercased() }
}
