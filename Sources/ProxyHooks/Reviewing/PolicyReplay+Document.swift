import Auth

extension PolicyReplay {
  /// What would have been otherwise, then what it is made from.
  public func document(under version: String) -> ReviewDocument {
    var parts: [ReviewDocument.Part] = [
      .heading("Replayed under policy \(version)"), .sentence(headline),
    ]
    for (isOther, title) in [(true, "Otherwise"), (false, "As before, by another rule")] {
      let changes = sorted.filter { $0.change.isOther == isOther }
      if changes.isEmpty { continue }
      parts += [.heading(title), .table(Self.table(changes))]
      if isOther { parts += [.heading("Examples"), .table(Self.examples(changes))] }
    }
    var notes = [
      "Not replayed: rate limits. A line says neither when its call was counted nor what had been counted before the log begins."
    ]
    if !policies.isEmpty {
      notes.append(
        "Decided at the time by policy \(policies.keys.sorted().map { "\($0) (\(policies[$0] ?? 0))" }.listed("and")).")
    }
    if others > 0 { notes.append("\(others) lines are no decisions.") }
    if unreadable.count > 0 {
      notes.append("\(unreadable.count) lines can't be read, the first of them line \(unreadable.first).")
    }
    if !undecided.isEmpty {
      parts += [
        .heading("Not decided by the rules"),
        .table(
          ReviewDocument.Table(
            columns: [["reason"], ["lines"]],
            rows: undecided.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
              [.init($0.key), .init("\($0.value)")]
            }
          )),
      ]
    }
    return ReviewDocument(parts + [.list(notes)])
  }

  /// The whole of it in one sentence.
  public var headline: String {
    guard decided > 0 else { return "No line was decided by the rules." }
    let lines = decided == 1 ? "1 line" : "\(decided) lines"
    guard otherwise > 0 else { return "Of \(lines) that the rules decided, none would be decided otherwise." }
    let lost = count { $0.old.reason == nil }
    let gained = count { $0.new.reason == nil && $0.old.reason != nil }
    return
      "Of \(lines) that the rules decided, \(otherwise) would be decided otherwise: \(lost) refused that were allowed, \(gained) allowed that were refused, \(otherwise - lost - gained) refused for another reason."
  }

  private func count(_ isMeant: (Change) -> Bool) -> Int {
    changes.filter { $0.key.isOther && isMeant($0.key) }.values.reduce(0) { $0 + $1.count }
  }

  /// By operation; the most frequent first.
  private var sorted: [(change: Change, tally: Tally)] {
    changes.map { (change: $0.key, tally: $0.value) }.sorted { one, other in
      let (left, right) = (one.change.operation.rawValue, other.change.operation.rawValue)
      if left != right { return left < right }
      if one.tally.count != other.tally.count { return one.tally.count > other.tally.count }
      return (one.change.old.words, one.change.new.words) < (other.change.old.words, other.change.new.words)
    }
  }

  private static func table(_ changes: [(change: Change, tally: Tally)]) -> ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [["operation"], ["lines"], ["decided then"], ["would be"]],
      rows: changes.map { change, tally in
        [
          .init(change.operation.rawValue), .init("\(tally.count)"), .init(change.old.words),
          .init(change.new.words, tone: change.new.reason == nil ? .allowed : .denied),
        ]
      })
  }

  private static func examples(_ changes: [(change: Change, tally: Tally)]) -> ReviewDocument.Table {
    ReviewDocument.Table(
      columns: [["operation"], ["would be"], ["id"], ["time"], ["user"], ["channel or match"]],
      rows: changes.flatMap { change, tally in
        tally.examples.map { line in
          [
            .init(change.operation.rawValue), .init(change.new.words), .init(line.id), .init(line.time),
            .init(line.user),
            .init(line.channel.isEmpty ? line.match : line.channel),
          ]
        }
      })
  }
}
