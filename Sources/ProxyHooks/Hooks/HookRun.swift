import Auth
import Storage

/// One request on its way: the policy it is judged by from beginning to end, and what is noted of it for the log.
struct HookRun: Sendable {
  /// Taken once, so that no request is judged by two policies.
  let document: PolicyDocument
  /// Its place among those that are decided at once.
  var place: HookGate.Place?
  /// The decision, where it came to one.
  private(set) var decision: Decision?
  /// Who counted the event's limits.
  var limiter = LimitVerdict.Source.none
  /// The match that an rpc names.
  var match: MatchID?
  /// The limit in shadow that would have refused.
  var shadowLimit: LimitName?
  /// How long each stage took.
  private(set) var stages = HookStages()
  private var last = Deadline.now

  init(under document: PolicyDocument) { self.document = document }

  /// Who may do what.
  var policy: Policy { document.policy }

  /// Decides, and notes the decision.
  mutating func decide(_ operation: Operation, on facts: Facts) -> Decision {
    let decision = document.policy.decide(operation, on: facts)
    self.decision = decision
    return decision
  }

  /// Decides on what is known of a person in a match.
  mutating func decide(_ operation: Operation, on membership: MembershipFacts) -> Decision {
    decide(operation, on: Facts(membership: membership))
  }

  /// Begins a stage.
  mutating func start() { last = Deadline.now }

  /// Adds what has passed since the last beginning to a stage.
  mutating func finish(_ stage: WritableKeyPath<HookStages, UInt64>) {
    let now = Deadline.now
    stages[keyPath: stage] += (now - last) / 1_000
    last = now
  }
}
