import Auth

extension PolicyTestReport {
  /// What does not hold, then what is covered.
  public var document: ReviewDocument {
    var parts: [ReviewDocument.Part] = []
    if !failures.isEmpty {
      parts += [.heading("What does not hold"), .list(failures.map(\.words))]
    }
    parts += [
      .heading("Rules that decided"),
      .table(
        ReviewDocument.Table(
          columns: [["rule"], ["assertions"]],
          rows: rules.map { [.init($0.name), .init($0.count.map { Self.words($0) } ?? "in shadow: decides nothing")] })),
      .heading("Operations"),
      .table(
        ReviewDocument.Table(
          columns: [["operation"], ["allowed"], ["denied"]],
          rows: operations.map {
            [.init($0.operation.rawValue), .init(Self.words($0.allowed)), .init(Self.words($0.denied))]
          })),
      .sentence(summary),
    ]
    return ReviewDocument(parts)
  }

  /// The end of it: `80 assertions hold, 1 does not. Nothing is without an assertion.`
  public var summary: String {
    let held =
      failures.isEmpty ? "All \(passed) assertions hold." : "\(passed) assertions hold, \(failures.count) do not."
    return holes.isEmpty
      ? "\(held) Every rule decided one; every operation is once allowed and once denied."
      : "\(held) Without an assertion: \(holes.joined(separator: "; "))."
  }

  private static func words(_ count: Int) -> String { count == 0 ? "none" : "\(count)" }
}

extension PolicyTestReport.Failure {
  /// `line 12: a muted rider …: want chat:send denied: muted; it is allowed by write, on role=rider, match=open`.
  public var words: String {
    (assertion.line.map { "line \($0): " } ?? "")
      + "\(test): want \(assertion.words); it is \(decision.outcome.words), on \(decision.facts.words)"
  }
}
