import Auth
import StrictJSON
import Testing

@testable import ProxyHooks

@Suite("Decisions replayed")
struct PolicyReplayTests {
  private func line(
    _ operation: Operation, _ decision: Decision, id: String = "1", reason: String? = nil, outcome: String? = nil
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    let fields = [
      ("time", "2026-01-31T09:05:00.000Z"), ("id", id), ("hook", operation.hook.rawValue), ("user", "bob"),
      ("channel", operation.hook == .rpc ? "" : "match:m1"),
      ("method", operation.hook == .rpc ? operation.rawValue : ""),
      ("outcome", outcome ?? (decision.isAllowed ? "allow" : "deny")), ("reason", reason ?? decision.word),
      ("rule", decision.outcome.ruleName), ("policy", "old"),
    ]
    for (key, value) in fields where !value.isEmpty {
      writer.key(key)
      writer.string(value)
    }
    writer.key("facts")
    writer.raw(decision.facts.json)
    writer.endObject()
    return writer.bytes
  }

  @Test("What a policy decided it decides again, whatever was decided")
  func same() {
    for document in Review.documents(5, seed: 10) {
      var replay = PolicyReplay(under: document)
      for facts in Review.facts {
        for operation in Operation.allCases {
          replay.take(line(operation, document.policy.decide(operation, on: facts.seen(by: operation))))
        }
      }
      #expect(replay.decided == Review.facts.count * Operation.allCases.count)
      #expect(replay.changes.isEmpty && replay.undecided.isEmpty && replay.others == 0 && replay.unreadable.count == 0)
    }
  }

  @Test("What another policy would decide otherwise is found, each with its kind, and nothing else")
  func other() {
    let documents = Review.documents(6, seed: 11)
    for (old, new) in zip(documents, documents.dropFirst()) {
      var replay = PolicyReplay(under: new, mostExamples: 2)
      var otherwise = 0
      for facts in Review.facts {
        for operation in Operation.allCases {
          let seen = facts.seen(by: operation)
          let (before, after) = (old.policy.decide(operation, on: seen), new.policy.decide(operation, on: seen))
          if before.reason != after.reason { otherwise += 1 }
          replay.take(line(operation, before))
        }
      }
      #expect(replay.otherwise == otherwise)
      for (change, tally) in replay.changes {
        #expect(change.old != change.new && tally.examples.count == min(2, tally.count))
      }
    }
  }

  @Test("Lines that the rules did not decide are counted by their reason, and no other line is taken for a decision")
  func apart() throws {
    var replay = PolicyReplay(under: .standard)
    let lines = [
      #"{"id":"1","hook":"publish","user":"bob","outcome":"deny","code":"too_many_requests","reason":"limit_publish_user"}"#,
      #"{"id":"2","hook":"rpc","method":"chat:sing","outcome":"deny","reason":"unknown_method"}"#,
      #"{"id":"3","hook":"publish","outcome":"deny","reason":"bad_text"}"#,
      #"{"id":"4","hook":"publish","outcome":"error","reason":"unavailable"}"#,
      #"{"id":"5","hook":"connect","outcome":"error","reason":"facts_missing","rule":"facts_missing","facts":{}}"#,
      #"{"id":"6","hook":"publish","outcome":"allow","reason":"member_may","rule":"write","facts":{"who":1}}"#,
      #"{"event":"checkpoint"}"#, "no line", "[]",
    ]
    for line in lines { replay.take(Array(line.utf8)) }
    replay.take(nil)
    #expect(
      replay.undecided == [
        "limit_publish_user": 1, "unknown_method": 1, "bad_text": 1, "unavailable": 1, "facts_missing": 1,
        "member_may": 1,
      ])
    #expect(replay.others == 1 && replay.unreadable.count == 3 && replay.unreadable.first == 8 && replay.decided == 0)
    #expect(replay.headline == "No line was decided by the rules.")
  }

  @Test("A call that the rules allowed and something else refused counts as allowed by them")
  func refusedByOthers() {
    let facts = Facts(role: .rider, match: .closed).seen(by: .delete)
    let decision = PolicyDocument.standard.policy.decide(.delete, on: facts)
    var same = PolicyReplay(under: .standard)
    same.take(line(.delete, decision, reason: "too_late", outcome: "deny"))
    #expect(same.decided == 1 && same.changes.isEmpty)
    var none = PolicyReplay(under: Review.document(.nothing))
    none.take(line(.delete, decision, reason: "too_late", outcome: "deny"))
    #expect(
      none.headline
        == "Of 1 line that the rules decided, 1 would be decided otherwise: 1 refused that were allowed, 0 allowed that were refused, 0 refused for another reason."
    )
  }

  @Test("The examples name the lines, and another rule alone is no other decision")
  func examples() throws {
    let renamed = try PolicyDocument(
      text: PolicyDocument.standardText.replacing("name: write", with: "name: speak").replacing(
        "matches: [open, closed]", with: "matches: [open]"))
    var replay = PolicyReplay(under: renamed)
    let policy = PolicyDocument.standard.policy
    replay.take(line(.publish, policy.decide(.publish, on: Facts(role: .rider, match: .open).seen(by: .publish))))
    #expect(replay.otherwise == 0 && replay.changes.count == 1)
    replay.take(
      line(.delete, policy.decide(.delete, on: Facts(role: .rider, match: .closed).seen(by: .delete)), id: "r7"))
    #expect(replay.otherwise == 1)
    let text = replay.document(under: renamed.version).text
    #expect(text.contains("chat:delete  denied: match_not_open  r7  2026-01-31T09:05:00.000Z  bob"))
    #expect(text.contains("publish    1      allowed by write  allowed by speak"))
  }

  @Test("What a client wrote into a line can't give a terminal orders")
  func hostile() throws {
    let line = try #require(
      LoggedDecision(
        bytes: Array(
          #"{"id":"1","hook":"publish","user":"\u001b[2Jx\u202ey","channel":"a\nb","outcome":"deny","reason":"no_user"}"#
            .utf8)))
    #expect(line.user == "\u{FFFD}[2Jx\u{FFFD}y" && line.channel == "a\u{FFFD}b")
  }
}
