import Auth
import Foundation
import Logging
import Testing

@testable import Storage

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A settled message store on the test database, with lanes that hold.
func messageStore(lanes: Int = 2, url: String? = nil, statementMilliseconds: Int = 8_000) async throws -> MessageStore {
  let url = try url ?? TestServers.database()
  let store = try MessageStore(
    settings: DatabaseSettings(url: url, messageLanes: lanes, statementMilliseconds: statementMilliseconds), log: quiet)
  try await eventually("the lanes connect") { store.status.allSatisfy(\.isConnected) }
  return store
}

/// A settled store of changes on the test database.
func changeStore(url: String? = nil) async throws -> ChangeStore {
  let url = try url ?? TestServers.database()
  let store = try ChangeStore(
    settings: DatabaseSettings(url: url, statementMilliseconds: 8_000),
    ringing: try await messageStore(lanes: 1, url: url), log: quiet)
  try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
  return store
}

/// A settled store of read positions on the test database.
func positionStore(url: String? = nil) async throws -> ReadPositionStore {
  let url = try url ?? TestServers.database()
  let store = try ReadPositionStore(
    settings: DatabaseSettings(url: url, statementMilliseconds: 8_000),
    ringing: try await messageStore(lanes: 1, url: url), log: quiet)
  try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
  return store
}

/// What the outbox has about a match in the partitions of messages, oldest first: an event's name, or `message`, with the
/// data.
func roomOutbox(_ match: MatchID, on url: String? = nil) throws -> [(name: String, data: [String: Any])] {
  let result = try TestServers.run(
    "select payload::text from proxyhooks.outbox where partition > 0 and payload::text like '%\(match)%' order by id",
    on: try url ?? TestServers.database())
  return try (0..<result.rowCount).map { row in
    let text = try #require(result.text(row, 0))
    let payload = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let data = try #require(payload["data"] as? [String: Any])
    #expect(payload["channel"] as? String == "match:\(match)")
    #expect((payload["idempotency_key"] as? String)?.count == 36)
    return (data["event"] as? String ?? "message", data)
  }
}

/// A new open match with alice (driver) and bob (rider).
func newMatch(on url: String? = nil) throws -> MatchID {
  let id = "m-\(MessageID.random())"
  try TestServers.run(
    """
    insert into proxyhooks.route_match (id) values ('\(id)');
    insert into proxyhooks.match_member (match_id, user_id, role) values ('\(id)', 'alice', 'driver'), ('\(id)', 'bob', 'rider')
    """, on: try url ?? TestServers.database())
  return try #require(MatchID(id))
}

func user(_ text: String) throws -> UserID { try #require(UserID(text)) }

func text(_ text: String, in match: MatchID, from sender: String = "alice", id: MessageID = .random()) throws
  -> NewMessage
{
  NewMessage(match: match, id: id, sender: try user(sender), content: .text(text))
}

extension MessageStore.Outcome {
  /// The message, where there is one now.
  var message: MessageStore.StoredMessage? {
    switch fate {
    case .stored(let message), .repeated(let message), .old(let message): message
    case .conflict, .denied, .busy: nil
    }
  }

  /// The fate's name.
  var name: String {
    switch fate {
    case .stored: "stored"
    case .repeated: "repeated"
    case .old: "old"
    case .conflict: "conflict"
    case .denied: "denied"
    case .busy: "busy"
    }
  }
}
