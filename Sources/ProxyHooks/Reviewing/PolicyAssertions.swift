public import Auth

/// What a policy is to allow and to deny, as its author wrote it down beside the policy.
public struct PolicyAssertions: Sendable {
  /// One operation that is to be allowed, or denied.
  public struct Assertion: Hashable, Sendable {
    /// What.
    public let operation: Operation
    /// Which.
    public let isAllowed: Bool
    /// The rule that is to allow it, or the reason or rule that is to deny it; nil where any will do.
    public let by: String?
    /// The file's line, from 1.
    public let line: Int?
  }

  /// Assertions about one person.
  public struct Test: Sendable {
    /// What it says, in words.
    public let name: String
    /// What is known of the person.
    public let facts: Facts
    /// The assertions.
    public let assertions: [Assertion]
  }

  /// The tests, in the file's order.
  public let tests: [Test]
}

/// What became of assertions under a policy.
public struct PolicyTestReport: Sendable {
  /// An assertion that does not hold.
  public struct Failure: Sendable {
    /// The test's name.
    public let test: String
    /// What was wanted.
    public let assertion: PolicyAssertions.Assertion
    /// What is decided.
    public let decision: Decision
  }

  /// How many assertions hold.
  public private(set) var passed = 0
  /// Those that do not.
  public private(set) var failures: [Failure] = []
  /// For each of the policy's rules how many assertions hold because it decided; nil for one in shadow, which can't.
  public let rules: [(name: String, count: Int?)]
  /// For each operation how many assertions hold that it is allowed, and that it is denied.
  public let operations: [(operation: Operation, allowed: Int, denied: Int)]

  /// Holds `assertions` against `policy`. Where a match is given, chat:rooms is asked of that match: is it in the answer?
  public init(_ assertions: PolicyAssertions, under policy: Policy) {
    var rules: [String: Int] = [:]
    var allowed: [Operation: Int] = [:]
    var denied: [Operation: Int] = [:]
    for test in assertions.tests {
      for assertion in test.assertions {
        let decision = policy.decide(assertion, on: test.facts)
        guard assertion.holds(decision) else {
          failures.append(Failure(test: test.name, assertion: assertion, decision: decision))
          continue
        }
        passed += 1
        if let rule = decision.outcome.rule { rules[rule.text, default: 0] += 1 }
        if decision.isAllowed {
          allowed[assertion.operation, default: 0] += 1
        } else {
          denied[assertion.operation, default: 0] += 1
        }
      }
    }
    self.rules = policy.rules.map { ($0.name, $0.mode == .shadow ? nil : rules[$0.name] ?? 0) }
    operations = Operation.allCases.map { ($0, allowed[$0] ?? 0, denied[$0] ?? 0) }
  }

  /// What no assertion covers, in words.
  public var holes: [String] {
    rules.filter { $0.count == 0 }.map { "no assertion holds because of the rule \($0.name)" }
      + operations.filter { $0.allowed == 0 }.map { "no assertion allows \($0.operation.rawValue)" }
      + operations.filter { $0.denied == 0 }.map { "no assertion denies \($0.operation.rawValue)" }
  }
}

extension Policy {
  fileprivate func decide(_ assertion: PolicyAssertions.Assertion, on facts: Facts) -> Decision {
    let seen = facts.seen(by: assertion.operation)
    return seen.membership?.matchState == nil
      ? decide(assertion.operation, on: seen) : decide(assertion.operation, ofOneMatch: seen)
  }
}

extension PolicyAssertions.Assertion {
  fileprivate func holds(_ decision: Decision) -> Bool {
    guard decision.isAllowed == isAllowed else { return false }
    guard let by else { return true }
    return by == decision.outcome.rule?.text || by == decision.reason?.rawValue
  }

  /// `chat:send denied: muted`.
  public var words: String {
    "\(operation.rawValue) \(isAllowed ? "allowed" : "denied")\(by.map { isAllowed ? " by \($0)" : ": \($0)" } ?? "")"
  }
}
