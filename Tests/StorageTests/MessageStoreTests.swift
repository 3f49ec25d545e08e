import Auth
import Foundation
import Testing

@testable import Storage

@Suite("Messages")
struct MessageStoreTests {
  let mayPublish = Policy.standard.guard(for: .publish)

  private func object(_ outcome: MessageStore.Outcome) throws -> [String: Any] {
    let message = try #require(outcome.message)
    return try #require(JSONSerialization.jsonObject(with: Data(message.json)) as? [String: Any])
  }

  @Test("A stored message has the room's next number, its sender, its text and a time in UTC with milliseconds")
  func form() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    let id = MessageID.random()
    let said = "é \"quoted\" \\ back / \u{1F600} </script>\n\ttab \u{2028}"
    let first = try object(await store.store(try text(said, in: match, id: id), if: mayPublish, by: .soon))
    #expect(first["id"] as? String == id.description)
    #expect(first["seq"] as? Int == 1)
    #expect(first["match"] as? String == match.text)
    #expect(first["sender"] as? String == "alice")
    #expect(first["kind"] as? String == "text")
    #expect(first["text"] as? String == said)
    let time = try #require(first["sent_at"] as? String)
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    #expect(Set(first.keys) == ["id", "seq", "match", "sender", "kind", "text", "sent_at"])
    let second = try object(await store.store(try text("b", in: match), if: mayPublish, by: .soon))
    #expect(second["seq"] as? Int == 2)
  }

  @Test(
    "A place comes back as the numbers that were sent",
    arguments: [(59.9375, 30.308611), (-90, 180), (0, 0), (1e-7, -0.1), (48.858370001, 2.2944813)])
  func location(latitude: Double, longitude: Double) async throws {
    let store = try await messageStore()
    let message = NewMessage(
      match: try newMatch(), id: .random(), sender: try user("bob"),
      content: .location(latitude: latitude, longitude: longitude))
    let stored = try object(await store.store(message, if: mayPublish, by: .soon))
    #expect(stored["lat"] as? Double == latitude)
    #expect(stored["lon"] as? Double == longitude)
    #expect(Set(stored.keys) == ["id", "seq", "match", "sender", "kind", "lat", "lon", "sent_at"])
  }

  @Test("Sent again, a message is the same one, once in the table")
  func repeated() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    let message = try text("once", in: match)
    let first = try await store.store(message, if: mayPublish, by: .soon)
    let second = try await store.store(message, if: mayPublish, by: .soon)
    #expect((first.name, second.name) == ("stored", "repeated"))
    #expect(first.message?.json == second.message?.json)
    #expect(first.message?.idempotencyKey == second.message?.idempotencyKey)
    let count = try TestServers.run("select count(*) from proxyhooks.message where match_id = '\(match)'")
    #expect(count.integer(0, 0) == 1)
  }

  @Test("An id used for another content, or by another sender, is a conflict and stores nothing")
  func conflict() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    let id = MessageID.random()
    _ = try await store.store(try text("one", in: match, id: id), if: mayPublish, by: .soon)
    for other in [
      try text("two", in: match, id: id), try text("one", in: match, from: "bob", id: id),
      NewMessage(match: match, id: id, sender: try user("alice"), content: .location(latitude: 1, longitude: 1)),
    ] {
      #expect(try await store.store(other, if: mayPublish, by: .soon).name == "conflict")
    }
    #expect(try await store.store(try text("next", in: match), if: mayPublish, by: .soon).name == "stored")
    let last = try TestServers.run("select last_seq from proxyhooks.chat_room where match_id = '\(match)'")
    #expect(last.integer(0, 0) == 2)
  }

  @Test("What looks the same in another normalization is another content")
  func normalization() async throws {
    let store = try await messageStore()
    let match = try newMatch()
    let id = MessageID.random()
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    #expect(composed == decomposed)
    #expect(try await store.store(try text(composed, in: match, id: id), if: mayPublish, by: .soon).name == "stored")
    #expect(
      try await store.store(try text(decomposed, in: match, id: id), if: mayPublish, by: .soon).name == "conflict")
    #expect(try await store.store(try text(composed, in: match, id: id), if: mayPublish, by: .soon).name == "repeated")
  }

  @Test("A message that the database refuses is refused alone, and leaves no transaction open")
  func refusedAlone() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let store = try await messageStore(lanes: 1, url: url)
    let (good, bad) = (try newMatch(on: url), try newMatch(on: url))
    try TestServers.run("update proxyhooks.chat_room set period = '1990-01-01' where match_id = '\(bad)'", on: url)
    let mayPublish = mayPublish
    let names = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for number in 0..<30 {
        let message = try text("\(number)", in: number % 3 == 1 ? bad : good)
        group.addTask {
          do throws(StorageError) {
            return (number, try await store.store(message, if: mayPublish, by: .soon).name)
          } catch {
            return (number, "\(error)")
          }
        }
      }
      return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
    }
    // 23514: no partition takes it.
    for number in 0..<30 { #expect(names[number] == (number % 3 == 1 ? "refused (23514)" : "stored")) }
    #expect(store.status.first?.isConnected == true)
    let open = try TestServers.run(
      "select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'", on: url)
    #expect(open.rowCount == 0)
    let numbers = try TestServers.run("select max(seq), count(*) from proxyhooks.message", on: url)
    #expect(numbers.text(0, 0) == "20" && numbers.text(0, 1) == "20")
  }

  @Test("Where the outbox's settings are missing, a message that needs them is refused and not stored")
  func missingSettings() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let store = try await messageStore(lanes: 1, url: url)
    let match = try newMatch(on: url)
    try TestServers.run("delete from proxyhooks.trigger_settings", on: url)
    await #expect(throws: StorageError(.refused, serverCode: "23502")) {
      _ = try await store.store(try text("untold", in: match), if: mayPublish, delivery: .guaranteed, by: .soon)
    }
    #expect(
      try await store.store(try text("told", in: match), if: mayPublish, delivery: .direct, by: .soon).name == "stored")
    #expect(try TestServers.run("select from proxyhooks.message", on: url).rowCount == 1)
  }

  @Test("Nor is a batch of such messages, and the session goes on")
  func missingSettingsOfBatch() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let match = try newMatch(on: url)
    let mayPublish = mayPublish
    try await onOwnThread {
      let connection = try PostgresSession.open(
        url: url, channelNames: .standard, statementMilliseconds: 8_000, by: .soon)
      let worker = try MessageWorker(connection, by: .soon)
      try TestServers.run("delete from proxyhooks.trigger_settings", on: url)
      let batch = try (0..<2).map {
        MessageWorker.Job(message: try text("\($0)", in: match), guard: mayPublish, delivery: .guaranteed)
      }
      guard case .refused(let failure) = worker.run(batch, by: .soon, onceSent: {}) else {
        Issue.record("not refused")
        return
      }
      #expect(failure == StorageError(.refused, serverCode: "23502"))
      #expect(connection.isBetweenTransactions)
    }
    #expect(try TestServers.run("select from proxyhooks.message", on: url).rowCount == 0)
  }

  @Test("A room that has no number left is refused, and the others are served")
  func lastNumber() async throws {
    let store = try await messageStore(lanes: 1)
    let mayPublish = mayPublish
    let (full, other) = (try newMatch(), try newMatch())
    try TestServers.run("update proxyhooks.chat_room set last_seq = \(Int64.max) where match_id = '\(full)'")
    await #expect(throws: StorageError(.refused, serverCode: "22003")) {
      _ = try await store.store(try text("x", in: full), if: mayPublish, by: .soon)
    }
    #expect(try await store.store(try text("x", in: other), if: mayPublish, by: .soon).name == "stored")
    #expect(store.status.first?.isConnected == true)
    let names = try await onOwnThread {
      let connection = try PostgresSession.open(
        url: try TestServers.database(), channelNames: .standard, statementMilliseconds: 8_000, by: .soon)
      let batch = try [full, other].map {
        MessageWorker.Job(message: try text("y", in: $0), guard: mayPublish, delivery: .guaranteed)
      }
      guard case .done(let outcomes) = try MessageWorker(connection, by: .soon).run(batch, by: .soon, onceSent: {})
      else {
        return ["not done"]
      }
      return outcomes.map(\.name)
    }
    #expect(names == ["busy", "stored"])
  }

  @Test("The same id is good in another room")
  func otherRoom() async throws {
    let store = try await messageStore()
    let id = MessageID.random()
    for _ in 0..<2 {
      #expect(
        try await store.store(try text("a", in: try newMatch(), id: id), if: mayPublish, by: .soon).name == "stored")
    }
  }

  @Test("Two instances that store 400 messages into one room at once number them 1 to 400, each once")
  func numbering() async throws {
    let stores = [try await messageStore(), try await messageStore()]
    let match = try newMatch()
    let mayPublish = mayPublish
    let outcomes = try await withThrowingTaskGroup(of: MessageStore.Outcome.self) { group in
      for number in 0..<400 {
        let message = try text("\(number)", in: match, from: number % 3 == 0 ? "bob" : "alice")
        group.addTask { try await stores[number % 2].store(message, if: mayPublish, by: .soon) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let numbers = try outcomes.map { try #require(try object($0)["seq"] as? Int) }
    #expect(numbers.sorted() == Array(1...400))
  }

  @Test("One message submitted 60 times at once through two instances is stored once, and all are told the same")
  func duplicatesAtOnce() async throws {
    let stores = [try await messageStore(), try await messageStore()]
    let message = try text("again and again", in: try newMatch())
    let mayPublish = mayPublish
    let outcomes = try await withThrowingTaskGroup(of: MessageStore.Outcome.self) { group in
      for number in 0..<60 { group.addTask { try await stores[number % 2].store(message, if: mayPublish, by: .soon) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0.name == "stored" }.count == 1)
    #expect(outcomes.filter { $0.name == "repeated" }.count == 59)
    #expect(Set(outcomes.compactMap(\.message?.json)).count == 1)
    #expect(Set(outcomes.compactMap(\.message?.idempotencyKey)).count == 1)
  }

  @Test("In a mixed batch each message has its own fate")
  func mixedBatch() async throws {
    let store = try await messageStore(lanes: 1)
    let match = try newMatch()
    let id = MessageID.random()
    let nowhere = try #require(MatchID("no-such-match"))
    let batch: [(NewMessage, String)] = [
      (try text("good", in: match), "stored"), (try text("x", in: match, from: "mallory"), "denied"),
      (try text("x", in: nowhere), "denied"), (try text("first", in: match, id: id), "stored"),
      (try text("first", in: match, id: id), "repeated"), (try text("second", in: match, id: id), "conflict"),
      (try text("good too", in: match, from: "bob"), "stored"),
    ]
    // One connection and thread: what is submitted behind a first batch is taken together, in order.
    let mayPublish = mayPublish
    let names = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for (place, entry) in batch.enumerated() {
        group.addTask { (place, try await store.store(entry.0, if: mayPublish, by: .soon).name) }
        try await Task.sleep(for: .microseconds(200))
      }
      return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
    }
    #expect(batch.indices.map { names[$0] } == batch.map(\.1))
  }
}
