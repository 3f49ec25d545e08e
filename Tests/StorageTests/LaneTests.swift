import Auth
import Synchronization
import Testing

@testable import Storage

/// A number that several tasks count up.
private final class Count: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }

  func add() { count.wrappingAdd(1, ordering: .relaxed) }
}

@Suite("Lanes under faults")
struct LaneTests {
  private let mayPublish = Policy.standard.guard(for: .publish)

  /// How long `body` took, in milliseconds.
  private func milliseconds(_ body: () async throws -> Void) async rethrows -> UInt64 {
    let start = Deadline.now
    try await body()
    return (Deadline.now - start) / 1_000_000
  }

  private func failure(_ body: () async throws -> Void) async -> StorageError.Kind? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? StorageError)?.kind
    }
  }

  @Test("Without a server work is refused at once, not at its deadline")
  func noServer() async throws {
    let settings = DatabaseSettings(url: "postgresql:///none?host=/nonexistent")
    let store = try MembershipStore(settings: settings, log: quiet)
    let match = try #require(MatchID("m"))
    let alice = try user("alice")
    let took = await milliseconds {
      let kind = await failure {
        _ = try await store.membership(of: alice, in: match, by: .after(milliseconds: 60_000))
      }
      #expect(kind == .unavailable)
    }
    #expect(took < 60_000)
  }

  @Test("A room that another transaction holds waits alone: it is refused by its deadline, the others are served")
  func heldRoom() async throws {
    let store = try await messageStore(lanes: 1)
    let (held, free) = (try newMatch(), try newMatch())
    let holder = try PostgresConnection(url: TestServers.database(), applicationName: "holder", by: .soon)
    _ = try holder.run(
      script: "begin; select 1 from proxyhooks.chat_room where match_id = '\(held)' for update", by: .soon)
    let mayPublish = mayPublish
    let waits = try text("waits", in: held)
    async let waiting = failure { _ = try await store.store(waits, if: mayPublish, by: .after(milliseconds: 300)) }
    for number in 0..<20 {
      #expect(try await store.store(try text("\(number)", in: free), if: mayPublish, by: .soon).name == "stored")
    }
    // By the last try: refused as busy, or not begun for want of time.
    #expect([.refused, .expired].contains(await waiting))
    async let served = store.store(waits, if: mayPublish, by: .soon)
    try await Task.sleep(for: .milliseconds(20))
    _ = try holder.run(script: "rollback", by: .soon)
    #expect(try await served.name == "stored")
    #expect(store.status.first?.isConnected == true)
  }

  @Test("Many senders in a room that is held cost the other rooms nothing, also when their time is up")
  func heldRoomUnderLoad() async throws {
    let store = try await messageStore(lanes: 1)
    let (held, free) = (try newMatch(), try newMatch())
    let holder = try PostgresConnection(url: TestServers.database(), applicationName: "holder", by: .soon)
    _ = try holder.run(
      script: "begin; select 1 from proxyhooks.chat_room where match_id = '\(held)' for update", by: .soon)
    let mayPublish = mayPublish
    let batchesBefore = store.status.first?.batches ?? 0
    let refusals = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<30 {
        let message = try text("waits", in: held)
        group.addTask {
          // Each is given up in its own time, one after the other, so that some deadline is always near.
          let time = Int.random(in: 150...900)
          let kind = await failure {
            _ = try await store.store(message, if: mayPublish, by: .after(milliseconds: time))
          }
          return [.refused, .expired].contains(kind) ? 0 : 1
        }
      }
      for sender in 0..<4 {
        group.addTask {
          var refused = 0
          for number in 0..<60 {
            let message = try text("\(sender)-\(number)", in: free)
            if await failure({ _ = try await store.store(message, if: mayPublish, by: .soon) }) != nil { refused += 1 }
          }
          return refused
        }
      }
      return try await group.reduce(0, +)
    }
    _ = try holder.run(script: "rollback", by: .soon)
    #expect(refusals == 0)
    #expect(store.status.first?.isConnected == true)
    #expect((store.status.first?.batches ?? 0) > batchesBefore)
  }

  @Test("A stranger is denied at once in a room that is held, as in one that does not exist")
  func strangerInHeldRoom() async throws {
    let store = try await messageStore(lanes: 1)
    let held = try newMatch()
    let holder = try PostgresConnection(url: TestServers.database(), applicationName: "holder", by: .soon)
    _ = try holder.run(
      script: "begin; select 1 from proxyhooks.chat_room where match_id = '\(held)' for update", by: .soon)
    let message = try text("hello?", in: held, from: "mallory")
    #expect(try await store.store(message, if: mayPublish, by: .soon).name == "denied")
    _ = try holder.run(script: "rollback", by: .soon)
  }

  @Test("A statement that waits for a lock is given up by the server, and the connection stays")
  func lockedTable() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let store = try await messageStore(lanes: 1, url: url, statementMilliseconds: 200)
    let match = try #require(MatchID("locked"))
    let holder = try PostgresConnection(url: url, applicationName: "holder", by: .soon)
    _ = try holder.run(script: "begin; lock table proxyhooks.message in access exclusive mode", by: .soon)
    let message = try text("waits", in: match)
    let kind = await failure { _ = try await store.store(message, if: mayPublish, by: .soon) }
    #expect(kind == .refused)
    #expect(store.status.first?.isConnected == true)
    _ = try holder.run(script: "rollback", by: .soon)
    #expect(try await store.store(message, if: mayPublish, by: .soon).name == "denied")
  }

  @Test("A room whose numbers are in disorder fails alone: what shares its batch is stored")
  func disorder() async throws {
    let store = try await messageStore(lanes: 1)
    let (broken, good) = (try newMatch(), try newMatch())
    _ = try await store.store(try text("first", in: broken), if: mayPublish, by: .soon)
    try TestServers.run("update proxyhooks.chat_room set last_seq = 0 where match_id = '\(broken)'")
    let mayPublish = mayPublish
    let results = try await withThrowingTaskGroup(of: (Bool, String).self) { group in
      for number in 0..<40 {
        let isGood = number % 2 == 0
        let message = try text("\(number)", in: isGood ? good : broken)
        group.addTask {
          do {
            return (isGood, try await store.store(message, if: mayPublish, by: .soon).name)
          } catch {
            return (isGood, "\(error)")
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.filter { $0.0 }.allSatisfy { $0.1 == "stored" })
    #expect(results.filter { !$0.0 }.allSatisfy { $0.1 == "refused (23505)" })
  }

  @Test("A server that never answers costs the connection at the deadline; a new one serves")
  func deadline() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let store = try await messageStore(lanes: 1, url: url, statementMilliseconds: 60_000)
    try TestServers.run(
      """
      insert into proxyhooks.route_match (id) values ('slow');
      insert into proxyhooks.match_member (match_id, user_id, role) values ('slow', 'alice', 'driver')
      """, on: url)
    let match = try #require(MatchID("slow"))
    let holder = try PostgresConnection(url: url, applicationName: "holder", by: .soon)
    _ = try holder.run(script: "begin; lock table proxyhooks.message in access exclusive mode", by: .soon)
    let message = try text("waits", in: match)
    let took = await milliseconds {
      let kind = await failure {
        _ = try await store.store(message, if: mayPublish, by: .after(milliseconds: 1_000))
      }
      #expect(kind == .timedOut)
    }
    #expect(took < 60_000)
    _ = try holder.run(script: "rollback", by: .soon)
    try await eventually("the lane is back") { store.status.first?.isConnected == true }
    // The abandoned statement may have ended well after all; either way the message is there once.
    let again = try await store.store(message, if: mayPublish, by: .soon)
    #expect(["stored", "repeated"].contains(again.name))
    let count = try TestServers.run("select count(*) from proxyhooks.message", on: url)
    #expect(count.integer(0, 0) == 1)
  }

  @Test("Connections ended by the server are made again, and no acknowledged message is lost or doubled")
  func terminated() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    let store = try await messageStore(url: url)
    try TestServers.run(
      """
      insert into proxyhooks.route_match (id) values ('kill');
      insert into proxyhooks.match_member (match_id, user_id, role) values ('kill', 'alice', 'driver')
      """, on: url)
    let match = try #require(MatchID("kill"))
    let mayPublish = mayPublish
    let killer = Task {
      for _ in 0..<10 {
        try TestServers.run(
          """
          select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'proxyhooks'
          """, on: url)
        try await Task.sleep(for: .milliseconds(40))
      }
    }
    let acknowledged = try await withThrowingTaskGroup(of: Int64.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var count: Int64 = 0
          for number in 0..<40 {
            // A sender that gets no answer sends the same message again.
            let message = try text("\(number)", in: match)
            while (try? await store.store(message, if: mayPublish, by: .after(milliseconds: 2_000))) == nil {
              try await Task.sleep(for: .milliseconds(5))
            }
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    try await killer.value
    let stored = try TestServers.run(
      "select count(*), count(distinct id), max(seq), (select last_seq from proxyhooks.chat_room) from proxyhooks.message",
      on: url)
    #expect(acknowledged == 320)
    #expect((0..<4).map { stored.integer(0, $0) } == [320, 320, 320, 320])
  }

  @Test("A full queue refuses at once; what was queued is served")
  func overload() async throws {
    let url = try TestServers.emptyDatabase(migrated: true)
    var settings = DatabaseSettings(url: url, messageLanes: 1, statementMilliseconds: 60_000)
    settings.limits = LaneLimits(waiting: 4, batch: 1)
    let store = try MessageStore(settings: settings, log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let match = try #require(MatchID("any"))
    let holder = try PostgresConnection(url: url, applicationName: "holder", by: .soon)
    _ = try holder.run(script: "begin; lock table proxyhooks.message in access exclusive mode", by: .soon)
    let mayPublish = mayPublish
    let refused = Count()
    let served = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<20 {
        let message = try text("\(number)", in: match)
        group.addTask {
          let kind = await failure { _ = try await store.store(message, if: mayPublish, by: .soon) }
          if kind == .overloaded { refused.add() }
          return kind == nil ? 1 : 0
        }
      }
      // Four wait; a fifth is in flight where the lane took it before the last of them came.
      try await eventually("the others are refused at once, while the server still blocks") {
        refused.value >= 15
      }
      _ = try holder.run(script: "rollback", by: .soon)
      return try await group.reduce(0, +)
    }
    #expect((4...5).contains(served))
    #expect(refused.value == 20 - served)
  }

  @Test("Work whose deadline has passed is not begun")
  func expired() async throws {
    let store = try await messageStore(lanes: 1)
    let match = try newMatch()
    let message = try text("too late", in: match)
    let kind = await failure { _ = try await store.store(message, if: mayPublish, by: .after(milliseconds: 0)) }
    #expect(kind == .expired)
    let count = try TestServers.run("select count(*) from proxyhooks.message where match_id = '\(match)'")
    #expect(count.integer(0, 0) == 0)
  }

  @Test("Closing serves what is queued and refuses what comes after")
  func closing() async throws {
    let store = try await messageStore(lanes: 1)
    let match = try newMatch()
    let mayPublish = mayPublish
    async let queued = store.store(try text("last", in: match), if: mayPublish, by: .soon)
    try await eventually("it is under way or done") {
      let status = try #require(store.status.first)
      return status.waiting > 0 || status.jobs > 0
    }
    store.close()
    #expect(try await queued.name == "stored")
    let late = try text("late", in: match)
    let kind = await failure { _ = try await store.store(late, if: mayPublish, by: .soon) }
    #expect(kind == .unavailable)
  }
}
