/// What all rules find in a configuration.
public struct LintReport: Sendable {
  /// The findings, the weightiest first; of one severity, in the order of ``Rule/all``. Ignored ones are among them.
  public let findings: [Finding]

  /// Runs the rules.
  ///
  /// - Parameters:
  ///   - setup: what is looked at.
  ///   - expected: what the service needs.
  ///   - ignored: ids of rules whose findings were accepted.
  public init(
    of setup: Setup, expecting expected: SetupExpectations = SetupExpectations(), ignoring ignored: Set<String> = []
  ) {
    let found = Rule.all.flatMap { $0.findings(in: setup, expecting: expected) }.map { finding in
      var finding = finding
      finding.isIgnored = ignored.contains(finding.rule)
      return finding
    }
    // Equal ones stay in their order.
    findings = Severity.allCases.flatMap { severity in found.filter { $0.severity == severity } }
  }

  /// Whether something was found, and not accepted, that matters at least as much as `severity`. `info` never does.
  public func fails(at severity: Severity) -> Bool {
    findings.contains { !$0.isIgnored && $0.severity <= min(severity, .low) }
  }
}
