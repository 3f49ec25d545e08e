import Auth
import Foundation
import StrictJSON
import Testing

@testable import ProxyHooks

/// One corpus through both transports, over the loopback, to the hooks on real servers: the same decision, code, reason
/// and stored row.
@Suite struct CorpusTests {
  /// Runs `cases` over each transport and compares what became of them.
  @discardableResult
  private func compare(_ cases: [HookCase]) async throws -> CorpusRun.Result {
    let installation = try await Installation(policy: PolicyText.unlimited)
    let http = try await CorpusRun.overHTTP(cases, installation)
    let grpc = try await CorpusRun.overGRPC(cases, installation)
    try #require(http.outcomes.count == cases.count && grpc.outcomes.count == cases.count)
    for (index, it) in cases.enumerated() { #expect(http.outcomes[index] == grpc.outcomes[index], "\(it)") }
    #expect(http.rows == grpc.rows)
    return http
  }

  @Test("What Centrifugo was recorded to send", .enabled(if: Captures.folder != nil, "no captures"))
  func recorded() async throws {
    let result = try await compare(try HookCase.recorded())
    #expect(result.outcomes.allSatisfy { $0.record != nil })
  }

  @Test("What a hostile client has Centrifugo send, and what a stranger sends")
  func hostile() async throws {
    let result = try await compare(HookCase.hostile)
    #expect(result.rows.count == 5)
    // Each kind of end is among them, else the comparison would show little.
    for outcome in ["allow", "deny", "error", "disconnect"] {
      #expect(result.outcomes.contains { $0.record?["outcome"] == "\"\(outcome)\"" }, "\(outcome)")
    }
    for kind in HookKind.allCases {
      #expect(result.outcomes.contains { $0.record?["hook"] == "\"\(kind.rawValue)\"" })
    }
    #expect(result.outcomes.count(where: { $0.record == nil }) == 24)
  }

  @Test("What the standard policy is held against: each assertion, asked for through the hooks")
  func assertions() async throws {
    let policy = PolicyDocument.standard.policy
    let text = try Repository.text(of: "centrifugo/policy.tests.yaml")
    let tests = try PolicyAssertions(bytes: Array(text.utf8), about: policy).tests
    let asserted = tests.flatMap { test in test.assertions.map { (test, $0) } }
    #expect(asserted.count > 100)
    let result = try await compare(asserted.map { test, assertion in HookCase(assertion.operation, given: test.facts) })
    for ((test, assertion), outcome) in zip(asserted, result.outcomes) {
      #expect(outcome.holds(assertion, of: test), "\(test.name): \(assertion.words); \(outcome)")
    }
  }
}

extension CorpusRun.Outcome {
  /// Whether a request's end is what was asserted of it.
  fileprivate func holds(_ assertion: PolicyAssertions.Assertion, of test: PolicyAssertions.Test) -> Bool {
    let words = ["rule", "reason"].compactMap { record?[$0] }
    if assertion.operation == .rooms, test.facts.membership?.matchState != nil, test.facts.isBanned != true {
      // It is the match that is asserted to be in the answer, or not.
      return reply.contains("match:{match}") == assertion.isAllowed
    }
    // Where the decision allows and Centrifugo is not there to ask, the outcome is an error.
    let asksCentrifugo = [.presence, .typing].contains(assertion.operation)
    let outcomes = assertion.isAllowed ? asksCentrifugo ? ["error"] : ["allow"] : ["deny", "disconnect"]
    return outcomes.contains { record?["outcome"] == "\"\($0)\"" }
      && (assertion.by.map { words.contains("\"\($0)\"") } ?? true)
  }
}
