import Auth
import Testing

@testable import Storage

@Suite("Read positions")
struct ReadPositionTests {
  private let mayRead = Policy.standard.guard(for: .read)

  /// A new match with `count` messages of alice's.
  private func matchWithMessages(_ count: Int, on url: String? = nil) async throws -> MatchID {
    let match = try newMatch(on: url)
    let store = try await messageStore(url: url)
    for number in 0..<count {
      let message = try text("\(number)", in: match)
      _ = try await store.store(message, if: Policy.standard.guard(for: .publish), delivery: .direct, by: .soon)
    }
    return match
  }

  @Test("A position goes forward, stays where it is farther already, and never goes beyond the last message")
  func forward() async throws {
    let store = try await positionStore()
    let match = try await matchWithMessages(5)
    let bob = try user("bob")
    for (seq, fate) in [
      (0, .unmoved(.init(readSeq: 0, unread: 5))), (2, .moved(.init(readSeq: 2, unread: 3))),
      (2, .unmoved(.init(readSeq: 2, unread: 3))), (1, .unmoved(.init(readSeq: 2, unread: 3))),
      (6, .beyondLast), (.max, .beyondLast), (5, .moved(.init(readSeq: 5, unread: 0))),
      (3, .unmoved(.init(readSeq: 5, unread: 0))),
    ] as [(Int64, ReadPositionStore.Outcome.Fate)] {
      #expect(try await store.read(upTo: seq, of: match, by: bob, if: mayRead, by: .soon).fate == fate, "\(seq)")
    }
    let rows = try TestServers.run("select user_id, seq from proxyhooks.read_position where match_id = '\(match)'")
    #expect(rows.rowCount == 1 && rows.text(0, 0) == "bob" && rows.integer(0, 1) == 5)
    let told = try roomOutbox(match)
    #expect(told.map(\.name) == ["member_read", "member_read"])
    #expect(told.map { $0.data["seq"] as? Int } == [2, 5])
    #expect(told.allSatisfy { Set($0.data.keys) == ["event", "match", "user", "seq", "at"] })
    #expect(told.allSatisfy { $0.data["user"] as? String == "bob" && $0.data["match"] as? String == match.text })
  }

  @Test("Who does not pass the guard moves nothing and tells nobody")
  func denied() async throws {
    let store = try await positionStore()
    let match = try await matchWithMessages(1)
    for (user, match) in [(try user("mallory"), match), (try user("bob"), try #require(MatchID("nowhere")))] {
      #expect(try await store.read(upTo: 1, of: match, by: user, if: mayRead, by: .soon).fate == .denied)
    }
    #expect(try roomOutbox(match).isEmpty)
  }

  @Test("Two devices on two instances that read on at once end at the farthest, and the room hears ascending numbers")
  func devices() async throws {
    let stores = [try await positionStore(), try await positionStore()]
    let match = try await matchWithMessages(40)
    let (alice, bob) = (try user("alice"), try user("bob"))
    let mayRead = mayRead
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seq in 1...40 {
        for store in stores {
          group.addTask {
            let reader = seq % 2 == 0 ? alice : bob
            let outcome = try await store.read(upTo: Int64(seq), of: match, by: reader, if: mayRead, by: .soon)
            switch outcome.fate {
            case .moved(let position), .unmoved(let position):
              #expect(position.readSeq >= seq && position.unread == 40 - position.readSeq)
            case .beyondLast, .denied: Issue.record("\(outcome.fate)")
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let rows = try TestServers.run(
      "select seq from proxyhooks.read_position where match_id = '\(match)' order by user_id")
    #expect(rows.rowCount == 2 && rows.integer(0, 0) == 40 && rows.integer(1, 0) == 39)
    let told = try roomOutbox(match)
    for reader in ["alice", "bob"] {
      let numbers = told.filter { $0.data["user"] as? String == reader }.compactMap { $0.data["seq"] as? Int }
      #expect(numbers == Set(numbers).sorted(), "each once, ascending")
      #expect(numbers.last == (reader == "alice" ? 40 : 39))
    }
  }

  @Test("What another device moves farther meanwhile is not set back, and the room is not told of less")
  func overtaken() async throws {
    let store = try await positionStore()
    let match = try await matchWithMessages(9)
    let bob = try user("bob")
    _ = try await store.read(upTo: 1, of: match, by: bob, if: mayRead, by: .soon)
    let other = try PostgresConnection(url: try TestServers.database(), applicationName: "test", by: .soon)
    _ = try other.run(
      script: "begin; update proxyhooks.read_position set seq = 7 where match_id = '\(match)'", by: .soon)
    async let waiting = store.read(upTo: 5, of: match, by: bob, if: mayRead, by: .soon)
    try await eventually("it waits") {
      try TestServers.run(
        """
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
           and query like '%read_up_to%'
        """
      ).rowCount > 0
    }
    _ = try other.run(script: "commit", by: .soon)
    #expect(try await waiting.fate == .unmoved(.init(readSeq: 5, unread: 4)), "as if it had come first")
    let row = try TestServers.run("select seq from proxyhooks.read_position where match_id = '\(match)'")
    #expect(row.integer(0, 0) == 7)
    #expect(try roomOutbox(match).map { $0.data["seq"] as? Int } == [1])
  }

  @Test("In one batch two devices of one person move one position, and the room is told once")
  func oneBatch() async throws {
    let match = try await matchWithMessages(9)
    let result = try TestServers.run(
      """
      select outcome, read_seq, unread from proxyhooks.read_up_to(array['\(match)', '\(match)', '\(match)', '\(match)'],
        array['bob', 'bob', 'bob', 'alice'], array[3, 7, 10, 1],
        array_fill('driver open,rider open'::text, array[4])) order by place
      """)
    let rows = (0..<result.rowCount).map { [result.text($0, 0), result.text($0, 1), result.text($0, 2)] }
    #expect(rows == [["c", "7", "2"], ["c", "7", "2"], ["l", "7", "2"], ["c", "1", "8"]])
    #expect(try roomOutbox(match).map { $0.data["seq"] as? Int }.sorted { $0 ?? 0 < $1 ?? 0 } == [1, 7])
  }

  @Test("A position does not wait for who holds the room")
  func roomHeld() async throws {
    let match = try await matchWithMessages(1)
    let url = try TestServers.database()
    let store = try await positionStore()
    _ = try await store.read(upTo: 0, of: match, by: try user("bob"), if: mayRead, by: .soon)
    let holder = try PostgresConnection(url: url, applicationName: "test", by: .soon)
    _ = try holder.run(
      script: "begin; select from proxyhooks.chat_room where match_id = '\(match)' for no key update", by: .soon)
    let outcome = try await store.read(upTo: 1, of: match, by: try user("bob"), if: mayRead, by: .soon)
    #expect(outcome.fate == .moved(.init(readSeq: 1, unread: 0)))
    _ = try holder.run(script: "rollback", by: .soon)
  }
}
