import Auth
import Testing

@testable import ProxyHooks

@Suite("The difference of two policies")
struct PolicyDifferenceTests {
  @Test("No policy differs from itself")
  func same() {
    for document in Review.documents(200, seed: 5) {
      let difference = PolicyDifference(from: document, to: document)
      #expect(difference.isEmpty && !difference.takesAnything)
      #expect(difference.headline == "Nothing changes.")
    }
  }

  @Test("It says what a comparison of every decision on all facts says, and nothing else")
  func everything() {
    let documents = Review.documents(30, seed: 6)
    for (old, new) in zip(documents, documents.dropFirst()) {
      let difference = PolicyDifference(from: old, to: new)
      var said: [Situation: PolicyDifference.Change] = [:]
      for change in difference.changes { said[change.situation] = change }
      #expect(said.count == difference.changes.count)
      for facts in Review.facts {
        for operation in Operation.allCases {
          let seen = facts.seen(by: operation)
          check(
            said, operation, operation.scope,
            (old.policy.decide(operation, on: seen), new.policy.decide(operation, on: seen)))
          guard operation.scope == .matches else { continue }
          check(
            said, operation, .match,
            (old.policy.decide(operation, ofOneMatch: seen), new.policy.decide(operation, ofOneMatch: seen)))
        }
      }
    }
  }

  /// Holds one comparison against what was said of its situation.
  private func check(
    _ said: [Situation: PolicyDifference.Change], _ operation: Operation, _ scope: Operation.Scope,
    _ decisions: (old: Decision, new: Decision)
  ) {
    let (old, new) = decisions
    let isSame = old.outcome == new.outcome && old.shadow == new.shadow
    let change = said[Situation(operation, from: scope == .match ? old.facts.seat : nil)]
    let isStopped = Check.all(of: scope).contains { $0.refusal(of: operation, on: old.facts) != nil }
    if isStopped || change == nil {
      #expect(isSame, "\(operation) \(old.facts)")
    } else {
      #expect(!isSame)
      let expected: PolicyDifference.Kind? = old.isAllowed == new.isAllowed ? nil : old.isAllowed ? .loses : .gains
      #expect(expected == nil ? change?.kind != .loses && change?.kind != .gains : change?.kind == expected)
    }
  }

  @Test("The sentences hold every change once")
  func groups() {
    let documents = Review.documents(60, seed: 7)
    for (old, new) in zip(documents, documents.dropFirst()) {
      let difference = PolicyDifference(from: old, to: new)
      for kind in PolicyDifference.Kind.allCases {
        let said = difference.groups(kind).flatMap { group in
          group.operations.flatMap { operation in
            group.seats.isEmpty
              ? [Situation(operation, from: nil)] : group.seats.map { Situation(operation, from: $0) }
          }
        }
        let changes = difference.changes.filter { $0.kind == kind }.map(\.situation)
        #expect(said.count == changes.count && Set(said) == Set(changes))
      }
      #expect(difference.takesAnything == difference.changes.contains { $0.kind == .loses })
    }
  }

  private func difference(_ change: (String) -> String) throws -> PolicyDifference {
    try PolicyDifference(from: .standard, to: PolicyDocument(text: change(PolicyDocument.standardText)))
  }

  @Test("Who loses what is said in one sentence")
  func lost() throws {
    let difference = try difference {
      $0.replacing(
        "roles: [driver, rider]\n    matches: [open, closed]", with: "roles: [driver, rider]\n    matches: [open]")
    }
    #expect(difference.headline == "1 operation is lost by driver and rider: chat:delete.")
    let members = [
      Seat(role: .rider, match: .closed, isMuted: true): Int64(2),
      Seat(role: .driver, match: .closed, isMuted: false): 3,
      Seat(role: .driver, match: .open, isMuted: false): 100,
    ]
    let text = difference.document(members: members).markdown()
    #expect(
      text.contains(
        "- driver and rider of a closed match, muted or not: loses chat:delete (allowed by take-back → denied: match_not_open; error 451 (match is closed)): 5 members\n"
      ))
  }

  @Test("A role that is no more loses everything that it might")
  func roles() throws {
    let difference = try difference { $0.replacing("[driver, rider]", with: "[driver]") }
    #expect(difference.rolesLost == [.rider])
    #expect(
      difference.headline
        == "12 operations are lost by rider: subscribe, sub_refresh, publish, chat:send, chat:history, chat:rooms, chat:read, chat:edit, chat:delete, chat:report, chat:presence and chat:typing."
    )
  }

  @Test(
    "A setting that lets less pass takes something; one that lets more pass, or neither, does not",
    arguments: [
      ("rpc_user: 60/10s", "rpc_user: 59/10s", true), ("rpc_user: 60/10s", "rpc_user: 60/11s", true),
      ("rpc_user: 60/10s", "rpc_user: 30/5s", true), ("rpc_user: 60/10s", "rpc_user: 120/20s", false),
      ("rpc_user: 60/10s", "rpc_user: off", false), ("rpc_user: 60/10s", "rpc_user: {rate: 1/1h, mode: shadow}", false),
      ("characters: 2000", "characters: 1999", true), ("characters: 2000", "characters: 2001", false),
      ("    location: {}\n", "", true), ("edit: 15m", "edit: 0s", true), ("delete: 24h", "delete: 2d", false),
      ("delivery: guaranteed", "delivery: direct", true), ("connection: 5m", "connection: 4m", false),
      ("room: match", "room: ride", true), ("person: user", "person: people", true),
    ])
  func settings(old: String, new: String, takes: Bool) throws {
    let there = try difference { $0.replacing(old, with: new) }
    #expect(there.settings.count == 1 && there.changes.isEmpty)
    #expect(there.takesAnything == takes)
    #expect((there.headline == "Nobody loses anything.") == !takes)
    #expect(!there.isEmpty)
  }

  @Test("A rule that comes into shadow, and one that only has another name, are changes that take nothing")
  func shadow() throws {
    let shadowed = try difference {
      $0.replacing(
        "messages:\n", with: "  - {name: hush, deny: [publish], roles: [rider], mode: shadow}\n\nmessages:\n")
    }
    #expect(Set(shadowed.changes.map(\.kind)) == [.shadow] && shadowed.headline == "Nobody loses anything.")
    #expect(
      shadowed.groups(.shadow).map(\.words) == [
        "rider of an open match, unmuted: publish (allowed by write → allowed by write, in shadow denied by hush: role_may_not)"
      ])
    let renamed = try difference { $0.replacing("name: write", with: "name: speak") }
    #expect(Set(renamed.changes.map(\.kind)) == [.rule] && renamed.headline == "Nobody loses anything.")
  }
}
