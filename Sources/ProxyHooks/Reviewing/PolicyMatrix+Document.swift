import Auth

extension PolicyDocument {
  /// The policy on one page: who may do what, the rules by number, and everything else that the file says.
  public var matrix: ReviewDocument {
    let matrix = PolicyMatrix(policy)
    let numbers = policy.numbers
    let inShadow = policy.rules.count { $0.mode == .shadow }
    return ReviewDocument([
      .heading("Policy \(version)"),
      .sentence(
        "Roles: \(policy.roles.map(\.name).listed("and")). \(policy.rules.count) rules, \(inShadow == 0 ? "none" : "\(inShadow)") in shadow. A number in parentheses is the rule that decides; what no rule allows is refused, for the reason that stands beside it."
      ),
      .heading("Members of a match, while they are in it"),
      .table(matrix.seatTable(numbers)),
      .sentence("chat:rooms: whether the match is in the answer."),
      .heading("Everybody, whatever the rules say of members"),
      .table(matrix.strangerTable(numbers)),
      .sentence("chat:rooms: whether there is an answer at all."),
      .heading("Rules"),
      .table(policy.ruleTable),
      .heading("Everything else"),
      .table(settingTable),
    ])
  }

  private var settingTable: ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [["key"], ["value"], ["meaning"]],
      rows: settings.map { [.init($0.key), .init($0.value), .init($0.meaning)] })
  }
}

extension PolicyMatrix {
  fileprivate func seatTable(_ numbers: [String: Int]) -> ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [[""]] + seats.map { column in column.groups.flatMap(\.lines) },
      rows: seatOperations.enumerated().map { place, operation in
        [.init(operation.rawValue)] + seats.map { .init(Outcome($0.decisions[place]), numbers) }
      })
  }

  fileprivate func strangerTable(_ numbers: [String: Int]) -> ReviewDocument.Table {
    let all = Set(Operation.allCases.filter { $0.scope == .match })
    return ReviewDocument.Table(
      columns: [[""]]
        + strangers.map { column in
          // The longest list is the one of nearly everything that is done in a match.
          let isMost = column.operations.count > 3 && all.isSuperset(of: column.operations)
          let left = all.subtracting(column.operations)
          guard isMost else { return column.operations.map(\.rawValue) }
          let but = Operation.allCases.filter { left.contains($0) }.map { "but \($0.rawValue)" }
          return ["all in a match"] + but
        } + [["refused as", "(and by code)"]],
      rows: Stranger.allCases.enumerated().map { place, stranger in
        [.init(stranger.rawValue)]
          + strangers.map { column in
            column.outcomes[place].map { .init($0, numbers, known: stranger.reason) } ?? .init("by role")
          } + [.init(refusal(of: stranger, place))]
      })
  }

  /// The reason that holds for such a person under every policy, and the codes that clients get for it.
  private func refusal(of stranger: Stranger, _ place: Int) -> String {
    guard let reason = stranger.reason else { return "" }
    let codes = strangers.compactMap { $0.decisions[place] }.filter { $0.reason == reason }.compactMap(
      \.clientCode?.number)
    return "\(reason.rawValue) (\(Set(codes).sorted().map { "\($0)" }.joined(separator: ", ")))"
  }
}

extension SeatGroup {
  /// The title of a column.
  fileprivate var lines: [String] { [roles.map(\.name).joined(separator: ", "), matchWords, speechWords] }
}

extension ReviewDocument.Cell {
  /// `yes (2)`, `no: muted`, and what would hold with the rules in shadow.
  ///
  /// - Parameter known: a reason that the row says already.
  fileprivate init(_ outcome: PolicyMatrix.Outcome, _ numbers: [String: Int], known: Decision.Reason? = nil) {
    func words(_ outcome: Decision.Outcome) -> String {
      let number = outcome.rule.flatMap { numbers[$0.text] }.map { " (\($0))" } ?? ""
      guard let reason = outcome.reason else { return "yes\(number)" }
      return reason == known ? "no" : "no\(number): \(reason.rawValue)"
    }
    var text = words(outcome.outcome)
    var note = outcome.outcome.words
    if let shadow = outcome.shadow {
      text += " (shadow: \(words(shadow)))"
      note += "; with the rules in shadow \(shadow.words)"
    }
    self.init(text, note: note, tone: outcome.outcome.isAllowed ? .allowed : .denied)
  }
}

extension Policy {
  /// The rules' numbers in the table, from 1.
  fileprivate var numbers: [String: Int] {
    Dictionary(rules.enumerated().map { ($1.name, $0 + 1) }, uniquingKeysWith: { first, _ in first })
  }

  fileprivate var ruleTable: ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [["rule"], ["name"], ["says"]],
      rows: rules.enumerated().map { place, rule in
        [.init("\(place + 1)"), .init(rule.name), .init(rule.words(roles: roles))]
      })
  }
}
