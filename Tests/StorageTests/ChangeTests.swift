import Auth
import Foundation
import Testing

@testable import Storage

/// Edits and deletions, on a database's own clock.
@Suite("Changes of messages")
struct ChangeTests {
  private let mayPublish = Policy.standard.guard(for: .publish)
  private let mayDelete = Policy.standard.guard(for: .delete)

  private func edit(
    _ store: ChangeStore, _ message: NewMessage, to content: NewMessage.Content, as person: String = "alice",
    within seconds: Int64 = 900
  ) async throws -> ChangeFate {
    try await store.apply(
      .edit(to: content, within: seconds), to: message.id, of: message.match, by: try user(person), if: mayPublish,
      by: .soon
    ).fate
  }

  private func delete(
    _ store: ChangeStore, _ message: NewMessage, as person: String = "alice", within seconds: Int64 = 900
  ) async throws -> ChangeFate {
    try await store.apply(
      .delete(within: seconds), to: message.id, of: message.match, by: try user(person), if: mayDelete, by: .soon
    ).fate
  }

  /// A message of alice's that is stored.
  private func stored(_ said: String, in match: MatchID? = nil) async throws -> NewMessage {
    let message = try text(said, in: try match ?? newMatch())
    let outcome = try await messageStore().store(message, if: mayPublish, delivery: .outbox, by: .soon)
    #expect(outcome.name == "stored")
    return message
  }

  private func earlier(_ match: MatchID) throws -> [String?] {
    let rows = try TestServers.run(
      "select coalesce(text, lat || ',' || lon) from proxyhooks.message_edit where match_id = '\(match)' order by edited_at"
    )
    return (0..<rows.rowCount).map { rows.text($0, 0) }
  }

  private func object(_ fate: ChangeFate) throws -> [String: Any] {
    switch fate {
    case .changed(let json), .unchanged(let json):
      return try #require(JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    default:
      Issue.record("no message: \(fate)")
      return [:]
    }
  }

  @Test(
    "An edit changes what the message says, keeps what it said, and tells the room the message as everybody reads it")
  func edited() async throws {
    let store = try await changeStore()
    let message = try await stored("first")
    let fate = try await edit(store, message, to: .text("second \"\u{2028}"))
    guard case .changed(let json) = fate else {
      Issue.record("\(fate)")
      return
    }
    let now = try object(fate)
    #expect(Set(now.keys) == ["id", "seq", "match", "sender", "kind", "text", "sent_at", "edited_at"])
    #expect(now["text"] as? String == "second \"\u{2028}" && now["seq"] as? Int == 1)
    #expect(try earlier(message.match) == ["first"])
    let told = try roomOutbox(message.match)
    #expect(told.map(\.name) == ["message", "message_edited"])
    #expect(Set(told[1].data.keys) == ["event", "match", "message", "at"])
    #expect(told[1].data["message"] as? NSDictionary == now as NSDictionary)
    #expect(told[1].data["at"] as? String == now["edited_at"] as? String)
    let history = try HistoryStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { history.status.allSatisfy(\.isConnected) }
    let page = try await history.page(
      .init(limit: 5), of: message.match, for: try user("bob"), if: Policy.standard.guard(for: .history), by: .soon)
    #expect(page.page?.messages == Array("[".utf8) + json + Array("]".utf8))
  }

  @Test("The same edit again is answered alike, also after the window, and is no second one")
  func editedAgain() async throws {
    let store = try await changeStore()
    let message = try await stored("first")
    let first = try object(try await edit(store, message, to: .text("second")))
    for seconds: Int64 in [900, 0] {
      let again = try await edit(store, message, to: .text("second"), within: seconds)
      guard case .unchanged = again else {
        Issue.record("\(again)")
        return
      }
      #expect(try object(again) as NSDictionary == first as NSDictionary)
    }
    #expect(try earlier(message.match) == ["first"])
    #expect(try roomOutbox(message.match).count == 2)
  }

  @Test("A place is edited into another place, a text never into a place nor the other way round")
  func kinds() async throws {
    let store = try await changeStore()
    let said = try await stored("first")
    #expect(try await edit(store, said, to: .location(latitude: 1, longitude: 2)) == .otherKind)
    let place = NewMessage(
      match: said.match, id: .random(), sender: try user("alice"), content: .location(latitude: 1.5, longitude: 2))
    _ = try await messageStore().store(place, if: mayPublish, by: .soon)
    #expect(try await edit(store, place, to: .text("here")) == .otherKind)
    let moved = try object(try await edit(store, place, to: .location(latitude: -3, longitude: 4.25)))
    #expect(moved["lat"] as? Double == -3 && moved["lon"] as? Double == 4.25 && moved["text"] == nil)
    #expect(try earlier(said.match) == ["1.5,2"])
  }

  @Test("Another's message, one that is not there and one of another room answer alike, and nothing is changed")
  func notOwn() async throws {
    let store = try await changeStore()
    let message = try await stored("first")
    let elsewhere = try text("x", in: try newMatch(), id: message.id)
    let nowhere = try text("x", in: message.match)
    for (message, person) in [(message, "bob"), (elsewhere, "alice"), (nowhere, "alice")] {
      #expect(try await edit(store, message, to: .text("mine"), as: person) == .noMessage)
      #expect(try await delete(store, message, as: person) == .noMessage)
    }
    #expect(try earlier(message.match) == [])
    #expect(try roomOutbox(message.match).map(\.name) == ["message"])
  }

  @Test("A window is over to the second, and one of no length was never open")
  func windows() async throws {
    let store = try await changeStore()
    let message = try await stored("first")
    #expect(try await edit(store, message, to: .text("second"), within: 0) == .tooLate)
    #expect(try await delete(store, message, within: 0) == .tooLate)
    func age(_ seconds: Int) throws {
      try TestServers.run(
        """
        update proxyhooks.message set sent_at = clock_timestamp() - interval '\(seconds) seconds'
         where match_id = '\(message.match)'
        """)
    }
    try age(601)
    #expect(try await edit(store, message, to: .text("second"), within: 600) == .tooLate)
    #expect(try await delete(store, message, within: 600) == .tooLate)
    #expect(try earlier(message.match) == [])
    try age(300)
    #expect(try object(try await edit(store, message, to: .text("second"), within: 600))["text"] as? String == "second")
  }

  @Test("A deletion leaves a tombstone, keeps what was said for moderators, and is answered alike the second time")
  func deleted() async throws {
    let store = try await changeStore()
    let message = try await stored("first")
    _ = try await edit(store, message, to: .text("second"))
    let first = try object(try await delete(store, message))
    #expect(Set(first.keys) == ["id", "seq", "match", "sender", "kind", "sent_at", "deleted_at"])
    for seconds: Int64 in [900, 0] {
      let again = try await delete(store, message, within: seconds)
      guard case .unchanged = again else {
        Issue.record("\(again)")
        return
      }
      #expect(try object(again) as NSDictionary == first as NSDictionary)
    }
    #expect(try await edit(store, message, to: .text("third")) == .deleted)
    #expect(try earlier(message.match) == ["first", "second"])
    let told = try roomOutbox(message.match)
    #expect(told.map(\.name) == ["message", "message_edited", "message_deleted"])
    #expect(told[2].data["message"] as? NSDictionary == first as NSDictionary)
  }

  @Test("Many edits at once from two instances each follow the one before: none is lost for moderators or the room")
  func manyEdits() async throws {
    let stores = [try await changeStore(), try await changeStore()]
    let message = try await stored("0")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...40 {
        group.addTask { _ = try await edit(stores[number % 2], message, to: .text("\(number)")) }
      }
      try await group.waitForAll()
    }
    let told = try roomOutbox(message.match).compactMap { ($0.data["message"] as? [String: Any])?["text"] as? String }
    #expect(told.count == 40 && Set(told) == Set((1...40).map(String.init)))
    let current = try TestServers.run("select text from proxyhooks.message where match_id = '\(message.match)'")
    #expect(current.text(0, 0) == told.last)
    #expect(try earlier(message.match) == ["0"] + told.dropLast())
  }

  @Test("Edits among a room's messages and resends leave numbers without gaps and the outbox in one order")
  func amongMessages() async throws {
    let messages = try await messageStore()
    let changes = try await changeStore()
    let match = try newMatch()
    let mayPublish = mayPublish
    let edited = try await stored("0", in: match)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...60 {
        let other = try text("m\(number)", in: match, from: "bob")
        group.addTask { _ = try await messages.store(other, if: mayPublish, delivery: .outbox, by: .soon) }
        if number % 3 == 0 {
          group.addTask { _ = try await edit(changes, edited, to: .text("e\(number)")) }
          group.addTask {
            // A resend of the same id, beside its edits: what it is now, and never a second message.
            let again = try await messages.store(edited, if: mayPublish, delivery: .outbox, by: .soon)
            #expect(["repeated", "old"].contains(again.name))
          }
        }
      }
      try await group.waitForAll()
    }
    let told = try roomOutbox(match)
    #expect(told.filter { $0.name == "message" }.map { $0.data["seq"] as? Int } == (1...61).map { $0 })
    #expect(told.filter { $0.name == "message_edited" }.count == 20)
  }

  @Test("A room that another transaction holds is waited for, and others' changes go on meanwhile")
  func roomHeld() async throws {
    let store = try await changeStore()
    let (held, free) = (try await stored("held"), try await stored("free"))
    let holder = try PostgresConnection(url: try TestServers.database(), applicationName: "test", by: .soon)
    _ = try holder.run(
      script: "begin; select from proxyhooks.chat_room where match_id = '\(held.match)' for no key update", by: .soon)
    async let waiting = edit(store, held, to: .text("later"))
    try await eventually("it is tried again and again") { store.status.reduce(0) { $0 + $1.jobs } > 2 }
    #expect(try object(try await edit(store, free, to: .text("now")))["text"] as? String == "now")
    #expect(try earlier(held.match) == [])
    let stranger = try await edit(store, held, to: .text("x"), as: "mallory")
    #expect(stranger == .denied, "a stranger does not learn that there is a room")
    _ = try holder.run(script: "rollback", by: .soon)
    #expect(try object(try await waiting)["text"] as? String == "later")
  }

  @Test("The bell is heard after an edit and a read position, and not after what changed nothing")
  func bell() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let match = try newMatch(on: url)
    let messages = try await messageStore(url: url)
    let settings = DatabaseSettings(url: url)
    let changes = try ChangeStore(settings: settings, ringing: messages, log: quiet)
    let positions = try ReadPositionStore(settings: settings, ringing: messages, log: quiet)
    try await eventually("the lanes connect") { (changes.status + positions.status).allSatisfy(\.isConnected) }
    let message = try text("first", in: match)
    _ = try await messages.store(message, if: mayPublish, delivery: .direct, by: .soon)
    func rings() -> UInt64 { messages.status.filter { $0.name == "pg-outbox-bell" }.reduce(0) { $0 + $1.jobs } }
    #expect(rings() == 0)
    let listener = try NotificationListener("proxyhooks_outbox", on: url)
    _ = try await edit(changes, message, to: .text("second"))
    try await eventually("the bell rings") { rings() == 1 }
    _ = try await edit(changes, message, to: .text("second"))
    _ = try await positions.read(upTo: 0, of: match, by: try user("bob"), if: mayPublish, by: .soon)
    _ = try await positions.read(upTo: 1, of: match, by: try user("bob"), if: mayPublish, by: .soon)
    try await eventually("the bell rings") { rings() == 2 }
    var heard: [String] = []
    try await eventually("the bell is heard") {
      heard += listener.heard()
      return heard == ["1", "1"]
    }
  }
}
