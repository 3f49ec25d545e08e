import Auth
import Foundation
import Testing

@testable import Storage

@Suite("A message alone")
struct LoneMessageTests {
  private static func connection(to url: String? = nil) throws -> PostgresConnection {
    try PostgresSession.open(
      url: try url ?? TestServers.database(), channelNames: .standard, statementMilliseconds: 8_000, by: .soon)
  }

  private static func job(_ message: NewMessage, _ delivery: Delivery = .guaranteed) -> MessageWorker.Job {
    MessageWorker.Job(message: message, guard: Policy.standard.guard(for: .publish), delivery: delivery)
  }

  /// What becomes of a message; nil where it is left to the transaction.
  private func outcome(of message: NewMessage, delivery: Delivery = .guaranteed) async throws -> String? {
    try await onOwnThread {
      let connection = try Self.connection()
      let worker = try MessageWorker(connection, by: .soon)
      let outcome = try worker.store(Self.job(message, delivery), by: .soon, onceSent: {})
      #expect(connection.isBetweenTransactions)
      return outcome?.name
    }
  }

  private func count(of match: MatchID) throws -> Int64? {
    try TestServers.run("select count(*) from proxyhooks.message where match_id = '\(match)'").integer(0, 0)
  }

  /// What `body` returns while another session has locked the room's row so.
  private func whileHeld<Value>(_ match: MatchID, for strength: String, _ body: () async throws -> Value) async throws
    -> Value
  {
    let holder = try PostgresConnection(url: try TestServers.database(), applicationName: "holder", by: .soon)
    _ = try holder.run(
      script: "begin; select 1 from proxyhooks.chat_room where match_id = '\(match)' for \(strength)", by: .soon)
    let value = try await body()
    _ = try holder.run(script: "rollback", by: .soon)
    return value
  }

  @Test("It is stored in one round trip, with the room's next number, and broadcast where it is to be")
  func stored() async throws {
    let match = try newMatch()
    #expect(try await outcome(of: try text("one", in: match)) == "stored")
    #expect(try await outcome(of: try text("two", in: match), delivery: .direct) == "stored")
    let place = NewMessage.Content.location(latitude: 1e-7, longitude: -0.0)
    #expect(
      try await outcome(of: NewMessage(match: match, id: .random(), sender: try user("bob"), content: place))
        == "stored")
    let numbers = try TestServers.run(
      "select string_agg(seq::text, ' ' order by seq) from proxyhooks.message where match_id = '\(match)'")
    #expect(numbers.text(0, 0) == "1 2 3")
    let last = try TestServers.run("select last_seq from proxyhooks.chat_room where match_id = '\(match)'")
    #expect(last.integer(0, 0) == 3)
    #expect(try roomOutbox(match).map { $0.data["seq"] as? Int } == [1, 3])
  }

  @Test("Who may not write is denied, whether or not the room is held")
  func denied() async throws {
    let match = try newMatch()
    #expect(try await outcome(of: try text("x", in: match, from: "mallory")) == "denied")
    let held = try await whileHeld(match, for: "no key update") {
      try await outcome(of: try text("x", in: match, from: "mallory"))
    }
    #expect(held == "denied")
    #expect(try count(of: match) == 0)
    let last = try TestServers.run("select last_seq from proxyhooks.chat_room where match_id = '\(match)'")
    #expect(last.integer(0, 0) == 0)
    #expect(try roomOutbox(match).isEmpty)
  }

  @Test(
    "While another session has a lock on the room, nothing is stored without that of its own",
    arguments: ["update", "no key update", "share", "key share"])
  func held(strength: String) async throws {
    let match = try newMatch()
    let message = try text("x", in: match)
    #expect(try await whileHeld(match, for: strength) { try await outcome(of: message) } == nil)
    #expect(try count(of: match) == 0)
    #expect(try await outcome(of: message) == "stored")
  }

  @Test("What the room has already, and a room that is not there, is left to the transaction")
  func others() async throws {
    let match = try newMatch()
    let message = try text("x", in: match)
    #expect(try await outcome(of: message) == "stored")
    #expect(try await outcome(of: message) == nil)
    #expect(try await outcome(of: try text("other", in: match, id: message.id)) == nil)
    #expect(try count(of: match) == 1)
    try TestServers.run("delete from proxyhooks.chat_room where match_id = '\(match)'")
    #expect(try await outcome(of: try text("nowhere", in: match)) == nil)
    #expect(try count(of: match) == 0)
  }

  @Test("Beside somebody who only refers to the room, a message is stored all the same, by the transaction")
  func beside() async throws {
    let store = try await messageStore(lanes: 1)
    let match = try newMatch()
    let mayPublish = Policy.standard.guard(for: .publish)
    let name = try await whileHeld(match, for: "key share") {
      try await store.store(try text("x", in: match), if: mayPublish, by: .soon).name
    }
    #expect(name == "stored")
    #expect(try count(of: match) == 1)
  }

  @Test("A removal that is committed after the room was locked, and before the message is looked at, is seen")
  func removalInBetween() async throws {
    let match = try newMatch()
    let name = try await onOwnThread {
      let connection = try Self.connection()
      _ = try MessageWorker(connection, by: .soon)
      // Between the two statements the session waits for a lock that this one has.
      let key = Int32.random(in: 1...Int32.max)
      let holder = try PostgresConnection(url: try TestServers.database(), applicationName: "holder", by: .soon)
      _ = try holder.run(script: "select pg_advisory_lock(\(key))", by: .soon)
      try connection.prepare("pause", "select pg_advisory_xact_lock(\(key))", by: .soon)
      let job = Self.job(try text("x", in: match))
      let results = try connection.execute(
        inOneGo: [
          (MessageStatement.lock.rawValue, MessageStatement.rooms(of: [job])), ("pause", PostgresParameters()),
          (LoneMessage.name, LoneMessage.parameters(of: job)),
        ], by: .soon,
        onceSent: {
          do {
            let waiting = "select from pg_locks where locktype = 'advisory' and objid = \(key) and not granted"
            for _ in 0..<2_000 where try holder.run(script: waiting, by: .soon).rowCount == 0 { usleep(2_000) }
            try TestServers.run(
              "update proxyhooks.match_member set banned_at = now() where match_id = '\(match)' and user_id = 'alice'")
            _ = try holder.run(script: "select pg_advisory_unlock(\(key))", by: .soon)
          } catch {
            Issue.record(error)
          }
        })
      return try LoneMessage.outcome(of: job, results[2])?.name
    }
    #expect(name == "denied")
    #expect(try count(of: match) == 0)
  }

  @Test("Where the commit fails nothing is acknowledged, and the session goes on", arguments: [1, 2])
  func failingCommit(count: Int) async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let match = try newMatch(on: url)
    try TestServers.run(
      """
      create function public.refuse() returns trigger language plpgsql as $$
      begin raise exception 'no' using errcode = 'check_violation'; end $$;
      create constraint trigger refusal after update on proxyhooks.chat_room deferrable initially deferred
        for each row execute function public.refuse()
      """, on: url)
    try await onOwnThread {
      let connection = try Self.connection(to: url)
      let worker = try MessageWorker(connection, by: .soon)
      let jobs = try (0..<count).map { Self.job(try text("\($0)", in: match)) }
      guard case .refused(let failure) = worker.run(jobs, by: .soon, onceSent: {}) else {
        Issue.record("not refused")
        return
      }
      #expect(failure == StorageError(.refused, serverCode: "23514"))
      #expect(connection.isBetweenTransactions)
      try TestServers.run("drop trigger refusal on proxyhooks.chat_room", on: url)
      guard case .done(let outcomes) = worker.run(jobs, by: .soon, onceSent: {}) else {
        Issue.record("not done")
        return
      }
      #expect(outcomes.allSatisfy { $0.name == "stored" })
    }
    let rows = try TestServers.run("select max(seq), count(*) from proxyhooks.message", on: url)
    #expect(rows.text(0, 0) == "\(count)" && rows.text(0, 1) == "\(count)")
  }
}
