import Auth
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
