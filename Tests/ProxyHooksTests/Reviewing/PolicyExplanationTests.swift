import Auth
import StrictJSON
import Testing

@testable import ProxyHooks

@Suite("The explanation of a decision")
struct PolicyExplanationTests {
  @Test("Its steps lead to what is decided, on all facts and for every operation")
  func everything() {
    for document in Review.documents(8, seed: 8) + [.standard] {
      for facts in Review.facts {
        for operation in Operation.allCases {
          let seen = facts.seen(by: operation)
          check(
            PolicyExplanation(of: operation, on: seen, under: document), document.policy.decide(operation, on: seen))
          guard operation.scope == .matches else { continue }
          check(
            PolicyExplanation(of: operation, on: seen, isOfOneMatch: true, under: document),
            document.policy.decide(operation, ofOneMatch: seen))
        }
      }
    }
  }

  private func check(_ explanation: PolicyExplanation, _ decision: Decision) {
    #expect(explanation.decision == decision)
    let stops = explanation.checks.compactMap { step -> Decision.Reason? in
      if case .stopped(let reason) = step.result { reason } else { nil }
    }
    let deciding = explanation.rules.filter { $0.result == .decided }.map(\.rule)
    #expect(deciding.allSatisfy { $0.mode == .enforce })
    switch decision.outcome {
    case .allow(let rule):
      #expect(stops.isEmpty && explanation.checks.allSatisfy { $0.result == .passed })
      #expect(deciding.map(\.name) == [rule.text] && deciding.first?.effect == .allow)
    case .deny(_, .some(let rule)):
      #expect(stops.isEmpty && deciding.map(\.name) == [rule.text] && deciding.first?.effect == .deny)
    case .deny(let reason, .none) where stops.isEmpty:
      #expect(deciding.isEmpty && [.roleMayNot, .matchNotOpen, .muted, .nobodyMay].contains(reason))
    case .deny(let reason, .none):
      #expect(stops == [reason] && deciding.isEmpty)
      #expect(explanation.rules.allSatisfy { $0.result == .notReached })
    }
  }

  @Test("A refusal by no rule says of each rule why it does not cover")
  func gaps() {
    let explanation = PolicyExplanation(
      of: .publish, on: Facts(role: .rider, match: .closed, isMuted: true).seen(by: .publish), under: .standard)
    #expect(explanation.rules.map(\.words) == ["not for closed matches and not for the muted"])
    #expect(explanation.decision.clientCode == .matchClosed)
  }

  @Test(
    "The client gets what the hook would answer",
    arguments: [
      (
        Operation.connect, Facts(role: nil, match: nil, isBanned: true),
        "the connection ends with 4503 (banned), for good"
      ),
      (
        .connect, Facts(role: nil, match: nil, isTokenRevoked: true),
        "the connection ends with 4501 (token invalid), for good"
      ),
      (.refresh, Facts(role: nil, match: nil, isBanned: true), "the connection ends, as expired"),
      (.subRefresh, Facts(role: .rider, match: .closed), "the subscription ends, as expired"),
      (.subscribe, Facts(role: nil, match: .open), "error 403 (permission denied)"),
      (.publish, Facts(role: .rider, match: .open, isMuted: true), "error 450 (muted in this match)"),
      (.send, Facts(role: .rider, match: .closed), "error 451 (match is closed)"),
      (.publish, Facts(role: .rider, match: .open), "the message is stored and sent to the room"),
    ])
  func client(operation: Operation, facts: Facts, sees: String) {
    #expect(PolicyDocument.standard.policy.decide(operation, on: facts.seen(by: operation)).clientSees == sees)
  }

  @Test("As JSON it is one object with the decision, the steps, the limits and the policy")
  func json() throws {
    let explanation = PolicyExplanation(
      of: .send, on: Facts(role: .rider, match: .open, isMuted: true).seen(by: .send), under: .standard)
    let json = try JSON.parse(explanation.json)
    #expect(json["decision"]?["outcome"]?.string == "deny" && json["decision"]?["reason"]?.string == "muted")
    #expect(json["code"]?.integer == 450 && json["policy"]?.string == PolicyDocument.standard.version)
    #expect(json["facts"].flatMap { Facts(json: $0) }?.seat == explanation.decision.facts.seat)
    #expect(json["checks"]?.elements?.map { $0["result"]?.string } == Array(repeating: "passed", count: 6))
    #expect(json["rules"]?.elements?.map { $0["result"]?.string } == ["not for the muted"])
    #expect(json["limits"]?.elements?.map { $0["limit"]?.string } == ["rpc_user", "publish_user", "publish_room"])
  }

  @Test("No code is given to a decision that a hook gives to none")
  func codes() {
    for document in Review.documents(5, seed: 9) {
      for facts in Review.facts {
        for operation in Operation.allCases {
          let decision = document.policy.decide(operation, on: facts.seen(by: operation))
          let hasCode = !decision.isAllowed && operation != .refresh && operation != .subRefresh
          #expect((decision.clientCode != nil) == hasCode)
        }
      }
    }
  }
}
