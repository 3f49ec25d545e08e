import Auth
import Logging

/// What happens when a statement acted on a guard otherwise than the policy decides on the facts it returned: it is a
/// fault of ours, said loudly, and nothing is allowed.
struct PolicyAlarm: Sendable {
  let log: Logger

  /// The refusal for a decision that the statement did not follow.
  func differs(_ decision: Decision) -> Answer {
    log.error("statement and policy differ", metadata: ["rule": "\(decision.outcome.ruleName)"])
    var answer = Answer(.error(.unavailable), reason: "statement_and_policy_differ")
    answer.isUndecided = true
    return answer
  }
}
