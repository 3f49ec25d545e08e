import Auth
import Foundation
import Testing

@testable import Storage

@Suite("Outbox")
struct OutboxTests {
  let mayPublish = Policy.standard.guard(for: .publish)

  /// The outbox's rows about a match, oldest first.
  private func rows(about match: MatchID) throws -> [(method: String, payload: String, partition: Int64)] {
    let result = try TestServers.run(
      """
      select method, payload::text, partition from proxyhooks.outbox where payload::text like '%\(match)%' order by id
      """)
    return try (0..<result.rowCount).map { row in
      let method = try #require(result.text(row, 0))
      let payload = try #require(result.text(row, 1))
      return (method, payload, try #require(result.integer(row, 2)))
    }
  }

  @Test("A guaranteed message and its row in the outbox carry the same bytes under the same key")
  func sameBytes() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    let said = "1e2 \u{1F600} \"quoted\" </script> \u{2028}"
    let place = NewMessage(
      match: match, id: .random(), sender: try user("alice"), content: .location(latitude: 1e-7, longitude: 100))
    for message in [try text(said, in: match), place] {
      let outcome = try await store.store(message, if: mayPublish, delivery: .guaranteed, by: .soon)
      let stored = try #require(outcome.message)
      let row = try #require(try rows(about: match).last)
      let data = String(decoding: stored.json, as: UTF8.self)
      #expect(row.method == "publish" && row.partition == 1)
      #expect(
        row.payload
          == #"{"channel":"match:\#(match)","data":\#(data),"idempotency_key":"\#(stored.idempotencyKey)"}"#)
    }
  }

  @Test("A direct message has no row in the outbox, one that is repeated no second, one that is refused none")
  func onlyWhatIsStored() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    func published() throws -> Int { try rows(about: match).filter { $0.method == "publish" }.count }
    _ = try await store.store(try text("direct", in: match), if: mayPublish, delivery: .direct, by: .soon)
    #expect(try published() == 0)
    let message = try text("once", in: match)
    for _ in 0..<3 { _ = try await store.store(message, if: mayPublish, delivery: .outbox, by: .soon) }
    #expect(try published() == 1)
    let other = try text("another", in: match, id: message.id)
    #expect(try await store.store(other, if: mayPublish, delivery: .outbox, by: .soon).name == "conflict")
    let stranger = try text("x", in: match, from: "mallory")
    #expect(try await store.store(stranger, if: mayPublish, delivery: .outbox, by: .soon).name == "denied")
    #expect(try published() == 1)
  }

  @Test("The outbox has a room's messages in the order of their numbers, from many senders and connections at once")
  func order() async throws {
    let stores = [try await messageStore(), try await messageStore()]
    let match = try newMatch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<120 {
        let message = try text("\(number)", in: match, from: number % 2 == 0 ? "alice" : "bob")
        group.addTask {
          _ = try await stores[number % 2].store(message, if: mayPublish, delivery: .outbox, by: .soon)
        }
      }
      try await group.waitForAll()
    }
    let numbers = try rows(about: match).filter { $0.method == "publish" }.map { row in
      let payload = try #require(JSONSerialization.jsonObject(with: Data(row.payload.utf8)) as? [String: Any])
      return try #require((payload["data"] as? [String: Any])?["seq"] as? Int)
    }
    #expect(numbers == Array(1...120))
  }

  @Test("A message of more than four minutes ago is old, and comes back as it was stored")
  func old() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    let message = try text("long ago", in: match)
    _ = try await store.store(message, if: mayPublish, by: .soon)
    for (age, name) in [("3 minutes 50 seconds", "repeated"), ("4 minutes 1 second", "old"), ("1 day", "old")] {
      try TestServers.run(
        "update proxyhooks.message set sent_at = now() - interval '\(age)' where match_id = '\(match)'")
      let outcome = try await store.store(message, if: mayPublish, by: .soon)
      #expect(outcome.name == name)
      #expect(outcome.message != nil)
    }
    let other = try text("something else", in: match, id: message.id)
    #expect(try await store.store(other, if: mayPublish, by: .soon).name == "conflict")
  }

  @Test(
    "What its sender edited or deleted since is old, whatever it said first; another's id is a conflict all the same")
  func edited() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    let message = try text("first", in: match)
    _ = try await store.store(message, if: mayPublish, by: .soon)
    try TestServers.run(
      "update proxyhooks.message set text = 'second', edited_at = now() where match_id = '\(match)'")
    let edited = try await store.store(message, if: mayPublish, by: .soon)
    #expect(edited.name == "old")
    #expect(String(decoding: try #require(edited.message).json, as: UTF8.self).contains(#""text":"second""#))
    try TestServers.run("update proxyhooks.message set text = null, deleted_at = now() where match_id = '\(match)'")
    let deleted = try await store.store(message, if: mayPublish, by: .soon)
    #expect(deleted.name == "old")
    let json = String(decoding: try #require(deleted.message).json, as: UTF8.self)
    #expect(json.contains(#""deleted_at":""#) && !json.contains("text\":"))
    let stolen = try text("mine now", in: match, from: "bob", id: message.id)
    #expect(try await store.store(stolen, if: mayPublish, by: .soon).name == "conflict")
  }

  @Test("With several partitions a room keeps to one of them, never that of commands")
  func partitions() throws {
    for partitions in [1, 2, 7, 64] {
      let spread = try TestServers.run(
        """
        select min(p), max(p), count(distinct p)
          from (select proxyhooks.room_partition('room-' || n, \(partitions)) as p from generate_series(1, 5000) n) s
        """)
      #expect(spread.text(0, 0) == "1")
      #expect(spread.text(0, 1) == "\(partitions)")
      #expect(spread.text(0, 2) == "\(partitions)")
    }
  }

  @Test("The bell is heard after a message of the outbox alone, and many rings make few notifications")
  func bell() async throws {
    // A database of its own: others' notifications would be heard too.
    let url = try TestServers.emptyDatabase()
    _ = try Migrator(url: url).run()
    let match = try newMatch(on: url)
    let store = try await messageStore(url: url)
    let listener = try NotificationListener("proxyhooks_outbox", on: url)
    for number in 0..<200 {
      _ = try await store.store(try text("\(number)", in: match), if: mayPublish, delivery: .outbox, by: .soon)
    }
    var heard: [String] = []
    try await eventually("the bell is heard") {
      heard += listener.heard()
      return heard.count == rings(store) && rings(store) > 0
    }
    #expect(Set(heard) == ["1"])
    #expect(heard.count < 200)
  }

  @Test("What the hook's reply broadcasts does not ring the bell")
  func silence() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    _ = try await store.store(try text("a", in: match), if: mayPublish, delivery: .guaranteed, by: .soon)
    _ = try await store.store(try text("b", in: match), if: mayPublish, delivery: .direct, by: .soon)
    #expect(rings(store) == 0)
    _ = try await store.store(try text("c", in: match), if: mayPublish, delivery: .outbox, by: .soon)
    try await eventually("the bell rings") { rings(store) == 1 }
  }

  /// How many notifications a store's bell has sent.
  private func rings(_ store: MessageStore) -> Int {
    store.status.filter { $0.name == "pg-outbox-bell" }.reduce(0) { $0 + Int($1.jobs) }
  }
}
