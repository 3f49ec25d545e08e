import Auth

extension PolicyExplanation {
  /// The explanation from the answer down: what was decided, then why.
  public var document: ReviewDocument {
    ReviewDocument([
      .heading("\(decision.operation.rawValue): \(decision.isAllowed ? "allowed" : "denied")"),
      .table(summary),
      .heading("What holds under every policy"),
      .table(checkTable),
      .heading("The policy's rules about \(decision.operation.rawValue)"),
      rules.isEmpty ? .sentence("None: nobody may do it.") : .table(ruleTable),
    ])
  }

  private var summary: ReviewDocument.Table {
    var rows: [(String, String)] = [
      ("decision", decision.outcome.words),
      ("facts", decision.facts.words),
      (
        "the client gets",
        isOfOneMatch ? (decision.isAllowed ? "the match in the list" : "a list without the match") : decision.clientSees
      ),
      ("with shadow", decision.shadow.map(\.words) ?? "the same"),
      ("limits counted", limitWords),
      ("policy", version),
    ]
    if isOfOneMatch { rows.insert(("asked", "whether the match is in the answer"), at: 0) }
    return ReviewDocument.Table(
      columns: [["what"], ["answer"]],
      rows: rows.map { name, text in
        let tone: ReviewDocument.Cell.Tone = name == "decision" ? decision.isAllowed ? .allowed : .denied : .plain
        return [.init(name), .init(text, tone: tone)]
      })
  }

  private var limitWords: String {
    if limits.isEmpty { return "none: its pace is Centrifugo's" }
    return limits.map { name, rule in
      guard let rule else { return "\(name.rawValue) off" }
      return "\(name.rawValue) \(rule.rate)\(rule.mode == .shadow ? " in shadow" : "")"
    }.joined(separator: ", ")
  }

  private var checkTable: ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [["check"], ["result"]],
      rows: checks.map { step in
        switch step.result {
        case .passed: [.init(step.check.rawValue), .init("passed", tone: .allowed)]
        case .stopped(let reason):
          [.init(step.check.rawValue), .init("stopped here: \(reason.rawValue)", tone: .denied)]
        case .notReached: [.init(step.check.rawValue), .init("not reached")]
        }
      })
  }

  private var ruleTable: ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [["rule"], ["says"], ["result"]],
      rows: rules.map { step in
        [
          .init(step.rule.name), .init(step.rule.effectWords),
          .init(step.words, tone: step.result != .decided ? .plain : decision.isAllowed ? .allowed : .denied),
        ]
      })
  }
}

extension PolicyExplanation.RuleStep {
  /// What became of the rule.
  public var words: String {
    switch result {
    case .decided: "decides"
    case .doesNotCover(let why): why
    case .comesLater: "comes later"
    case .inShadow: "in shadow: decides nothing"
    case .notReached: "not reached"
    }
  }
}

extension PolicyRule {
  /// `allows driver and rider of an open match, unmuted`.
  fileprivate var effectWords: String {
    let verb = effect == .allow ? "allows" : "denies"
    guard operations.contains(where: \.hasSeats) else { return "\(verb) everybody in good standing" }
    let group = SeatGroup(
      roles: roles.sorted(), matches: MatchState.allCases.filter { matches.contains($0) },
      speech: Speech.allCases.filter { speech.contains($0) })
    return "\(verb) \(group.words)"
  }
}
