/// One way in which a configuration can be wrong.
public struct Rule: Sendable {
  /// In small letters and hyphens; what `--ignore` takes.
  public let id: String
  /// How much it matters.
  public let severity: Severity
  /// What it is about, on one line.
  public let title: String
  let check: @Sendable (Setup, SetupExpectations) -> [Remark]

  init(
    _ id: String, _ severity: Severity, _ title: String,
    check: @escaping @Sendable (Setup, SetupExpectations) -> [Remark]
  ) {
    self.id = id
    self.severity = severity
    self.title = title
    self.check = check
  }

  /// What it finds in `setup`.
  func findings(in setup: Setup, expecting expected: SetupExpectations) -> [Finding] {
    // A proxy that is asked for several events is remarked on for each.
    var said: Set<[String]> = []
    return check(setup, expected).filter { said.insert([$0.key, $0.why, $0.mend]).inserted }.map { remark in
      var line: Int?
      var variable: String?
      switch remark.origin {
      case .file(let number): line = number
      case .variable(let name): variable = name
      }
      return Finding(
        rule: id, severity: severity, title: title, key: remark.key, owner: remark.owner, line: line,
        variable: variable, isSet: remark.isSet, why: remark.why, mend: remark.mend)
    }
  }
}

/// A theme's rules.
public struct RuleTheme: Sendable {
  /// What they are about.
  public let title: String
  /// The rules, in the order of the document.
  public let rules: [Rule]
}

extension Rule {
  /// All rules by theme, in the order of the document.
  public static let themes: [RuleTheme] = [
    RuleTheme(title: "Who is let in", rules: connecting),
    RuleTheme(title: "What namespaces let a client do without a hook", rules: bypasses),
    RuleTheme(title: "What the hooks need of namespaces", rules: namespaces),
    RuleTheme(title: "How the hooks are called", rules: endpoints + calls),
    RuleTheme(title: "The secret, and what clients can write", rules: secrets),
    RuleTheme(title: "Times and sizes", rules: times),
    RuleTheme(title: "The outbox and recovery", rules: delivery),
    RuleTheme(title: "Other ways into Centrifugo", rules: doors),
    RuleTheme(title: "The file itself", rules: file),
  ]

  /// All rules.
  public static let all: [Rule] = themes.flatMap(\.rules)
}
