public import Auth

extension PolicyDifference {
  /// The whole of it in one sentence or two.
  public var headline: String {
    if isEmpty { return "Nothing changes." }
    guard takesAnything else { return "Nobody loses anything." }
    var sentences: [String] = []
    let lost = changes.filter { $0.kind == .loses }
    let operations = Operation.allCases.filter { operation in lost.contains { $0.situation.operation == operation } }
    if !operations.isEmpty {
      let names = roles.filter { role in lost.contains { $0.situation.seat?.role == role } }.map(\.name)
      let whom = (lost.contains { $0.situation.seat == nil } ? ["everybody"] : []) + names
      let count = operations.count == 1 ? "1 operation is" : "\(operations.count) operations are"
      sentences.append(
        "\(count) lost by \(whom.listed("and")): \(operations.map(\.rawValue).listed("and")).")
    }
    let narrower = settings.filter { $0.change == .narrower }.map(\.new.key)
    if !narrower.isEmpty {
      let count = narrower.count == 1 ? "1 setting lets" : "\(narrower.count) settings let"
      sentences.append("\(count) less pass: \(narrower.listed("and")).")
    }
    return sentences.joined(separator: " ")
  }

  /// The headline, then what changes for whom.
  ///
  /// - Parameter members: how many present members there are from each seat, where that was counted.
  public func document(members: [Seat: Int64]? = nil) -> ReviewDocument {
    var parts: [ReviewDocument.Part] = [
      .heading("From policy \(versions.old) to \(versions.new)"), .sentence(headline),
    ]
    for (kind, title) in [
      (Kind.loses, "Lost"), (.gains, "Gained"), (.reason, "Refused as before, for another reason"),
      (.shadow, "What the rules in shadow would do"), (.rule, "Decided as before, by another rule"),
    ] {
      let sentences = groups(kind).map { $0.words + (members.map($0.count) ?? "") }
      if !sentences.isEmpty { parts += [.heading(title), .list(sentences)] }
    }
    if !settings.isEmpty {
      parts += [.heading("Settings"), .table(settingTable)]
    }
    let roles = rolesLost.map { "\($0) is no role any more" } + rolesGained.map { "\($0) is a new role" }
    if !roles.isEmpty { parts += [.heading("Roles"), .list(roles)] }
    return ReviewDocument(parts)
  }

  private var settingTable: ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [["key"], ["before"], ["after"], ["change"], ["meaning"]],
      rows: settings.map { old, new, change in
        [
          .init(old.key), .init(old.value), .init(new.value),
          .init(
            new.isName ? "another name: takes migrate and a restart" : change.words,
            tone: change == .narrower ? .denied : .plain), .init(new.meaning),
        ]
      })
  }
}

extension PolicySetting.Change {
  fileprivate var words: String {
    switch self {
    case .narrower: "lets less pass"
    case .wider: "lets more pass"
    case .other: "other"
    }
  }
}

extension PolicyDifference.Group {
  /// `rider of a closed match, muted or not: loses chat:delete (allowed by take-back → denied: match_not_open; error 451 …)`.
  public var words: String {
    let what = operations.map(\.rawValue).listed("and")
    let change = "\(old.words) → \(new.words)"
    let sees = sees.isEmpty ? "" : "; \(sees.joined(separator: ", or "))"
    switch kind {
    case .loses: return "\(people): loses \(what) (\(change)\(sees))"
    case .gains: return "\(people): gains \(what) (\(change))"
    case .reason: return "\(people): \(what) (\(change)\(sees))"
    case .rule, .shadow: return "\(people): \(what) (\(change))"
    }
  }

  /// How many members it concerns, behind the sentence.
  fileprivate func count(_ members: [Seat: Int64]) -> String {
    guard !seats.isEmpty else { return "" }
    let count = seats.reduce(Int64(0)) { $0 + (members[$1] ?? 0) }
    return count == 1 ? ": 1 member" : ": \(count) members"
  }
}

extension PolicyMatrix.Outcome {
  fileprivate var words: String { outcome.words + (shadow.map { ", in shadow \($0.words)" } ?? "") }
}
