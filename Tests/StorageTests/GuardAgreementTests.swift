import Auth
import Testing

@testable import Storage

/// Every combination of facts, put into the database and asked for: what a statement does with a guard must be what the
/// policy decides on the facts it returns, and those must be the facts that were put there.
@Suite("Guards in statements and the policy")
struct GuardAgreementTests {
  struct Case: Sendable {
    let match: MatchID
    let user: UserID
    let facts: MembershipFacts
  }

  /// 4 states of a match (one of them: there is none), 3 of a role, 4 flags.
  private static func cases() throws -> [Case] {
    let states: [MatchState?] = [nil] + MatchState.allCases
    let roles: [MemberRole?] = [nil, .driver, .rider]
    var cases: [Case] = []
    var sql = ""
    for (stateNumber, state) in states.enumerated() {
      let match = "agree-\(MessageID.random())"
      if let state { sql += "insert into proxyhooks.route_match (id, state) values ('\(match)', '\(state)');" }
      for role in roles {
        for flags in 0..<16 {
          let (left, muted, removed, banned) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0, flags & 8 != 0)
          // A person who is no member, or whose match does not exist, has no state in it.
          if (role == nil || state == nil) && (left || muted || removed) { continue }
          if state == nil && role != nil { continue }
          let user = "u\(stateNumber)-\(role?.name ?? "none")-\(flags)-\(match.suffix(6))"
          if let role {
            sql += """
              insert into proxyhooks.match_member (match_id, user_id, role, left_at, muted_at, banned_at) values
                ('\(match)', '\(user)', '\(role)', \(left ? "now()" : "null"), \(muted ? "now()" : "null"),
                 \(removed ? "now()" : "null"));
              """
          }
          if banned { sql += "insert into proxyhooks.user_ban (user_id) values ('\(user)');" }
          cases.append(
            Case(
              match: try #require(MatchID(match)), user: try #require(UserID(user)),
              facts: MembershipFacts(
                matchState: state, role: role, hasLeft: left, isMuted: muted, isRemoved: removed, isBanned: banned)))
        }
      }
    }
    try TestServers.run(sql)
    return cases
  }

  @Test("Membership is read as it was written, in every combination")
  func facts() async throws {
    let store = try MembershipStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let cases = try Self.cases()
    #expect(cases.count == 104)  // no match: 2; each of 3 states: 2 without a role, 16 with each of 2
    for one in cases {
      #expect(try await store.membership(of: one.user, in: one.match, by: .soon).facts == one.facts)
    }
  }

  @Test("A message is stored exactly where the policy allows it, under any guard", arguments: Self.guards)
  func publish(needed: Guard) async throws {
    let store = try await messageStore()
    let policy = Policy(only: .publish, from: needed)
    for one in try Self.cases() {
      let message = NewMessage(match: one.match, id: .random(), sender: one.user, content: .text("x"))
      let outcome = try await store.store(message, if: needed, by: .soon)
      #expect(outcome.facts == one.facts)
      if policy.allows(.publish, on: one.facts) {
        #expect(outcome.name == "stored", "\(one.facts)")
      } else {
        #expect(outcome.name == "denied", "\(one.facts)")
      }
    }
  }

  @Test("A page is returned exactly where the policy allows it, under any guard", arguments: Self.guards)
  func history(needed: Guard) async throws {
    let store = try HistoryStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let policy = Policy(only: .history, from: needed)
    for one in try Self.cases() {
      let outcome = try await store.page(.init(limit: 10), of: one.match, for: one.user, if: needed, by: .soon)
      #expect(outcome.facts == one.facts)
      if policy.allows(.history, on: one.facts) {
        #expect(outcome.page != nil, "\(one.facts)")
      } else {
        #expect(outcome.page == nil, "\(one.facts)")
      }
    }
  }

  @Test("A read position is judged exactly as the policy allows, under any guard", arguments: Self.guards)
  func read(needed: Guard) async throws {
    let store = try await positionStore()
    let policy = Policy(only: .read, from: needed)
    for one in try Self.cases() {
      let outcome = try await store.read(upTo: 1, of: one.match, by: one.user, if: needed, by: .soon)
      #expect(outcome.facts == one.facts)
      if policy.allows(.read, on: one.facts) {
        #expect(outcome.fate == .beyondLast, "\(one.facts)")
      } else {
        #expect(outcome.fate == .denied, "\(one.facts)")
      }
    }
  }

  @Test("A change is judged exactly as the policy allows, each under its own guard, in batches of all")
  func changes() async throws {
    let store = try await changeStore()
    let cases = try Self.cases()
    // Submitted together, with another guard for each: a batch has many, and none is another's.
    try await withThrowingTaskGroup(of: (Case, Guard, ChangeStore.Outcome).self) { group in
      for one in cases {
        for (place, needed) in Self.guards.enumerated() {
          let changes: [ChangeStore.Change] = [
            .edit(to: .text("x"), within: 60), .delete(within: 60), .report(.spam, text: nil),
          ]
          let change = changes[place % 3]
          group.addTask {
            let outcome = try await store.apply(
              change, to: .random(), of: one.match, by: one.user, if: needed, by: .soon)
            return (one, needed, outcome)
          }
        }
      }
      for try await (one, needed, outcome) in group {
        #expect(outcome.facts == one.facts)
        if Policy(only: .edit, from: needed).allows(.edit, on: one.facts) {
          #expect(outcome.fate == .noMessage, "\(one.facts)")
        } else {
          #expect(outcome.fate == .denied, "\(one.facts)")
        }
      }
    }
  }

  @Test("Members are returned exactly where the policy allows it, under any guard", arguments: Self.guards)
  func members(needed: Guard) async throws {
    let store = try MembersStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let policy = Policy(only: .history, from: needed)
    for one in try Self.cases() {
      let outcome = try await store.members(of: one.match, for: one.user, if: needed, by: .soon)
      #expect(outcome.facts == one.facts)
      if policy.allows(.history, on: one.facts) {
        #expect(outcome.members != nil, "\(one.facts)")
      } else {
        #expect(outcome.members == nil, "\(one.facts)")
      }
    }
  }

  @Test("A room is listed exactly where the policy allows it, under any guard", arguments: Self.guards)
  func rooms(needed: Guard) async throws {
    let store = try RoomStore(settings: DatabaseSettings(url: try TestServers.database()), log: quiet)
    try await eventually("the lane connects") { store.status.allSatisfy(\.isConnected) }
    let policy = Policy(only: .subscribe, from: needed)
    for one in try Self.cases() {
      let outcome = try await store.rooms(of: one.user, if: needed, by: .soon)
      #expect(outcome.isBanned == one.facts.isBanned)
      let isListed = String(decoding: outcome.rooms, as: UTF8.self).contains("\"match\":\"\(one.match)\"")
      if policy.allows(.subscribe, on: one.facts) {
        #expect(isListed, "\(one.facts)")
      } else {
        #expect(!isListed, "\(one.facts)")
      }
    }
  }

  private static let guards: [Guard] = [
    Policy.standard.guard(for: .publish), Policy.standard.guard(for: .history), .nobody,
    // No product of roles, states and muted or not.
    Guard([
      Seat(role: .driver, match: .open, isMuted: true), Seat(role: .driver, match: .open, isMuted: false),
      Seat(role: .rider, match: .closed, isMuted: false),
    ]),
    Guard([Seat(role: .rider, match: .closed, isMuted: false), Seat(role: .driver, match: .cancelled, isMuted: true)]),
  ]
}
