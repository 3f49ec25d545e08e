import Auth

/// `proxyhooks.change`: a batch of changes, each under a guard of its own.
enum MakeChanges: BatchStatement {
  struct Job: Sendable {
    enum Target: Sendable {
      case message(MessageID, of: MatchID, ChangeStore.Change, if: Guard)
      case person(UserID, isBlocked: Bool, if: Guard)
    }

    let user: UserID
    let target: Target
  }

  static let name = "make_changes"
  static let sql = """
    select place, match_state, role, has_left, is_muted, is_removed, is_banned, outcome, data
      from proxyhooks.change($1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::float8[], $7::float8[],
      $8::text[], $9::bigint[], $10::text[])
    """

  /// A job's columns; those that its action has no use for are nil.
  private struct Columns {
    var action = ""
    var match: String?
    var message: MessageID?
    var text: String?
    var content: NewMessage.Content?
    /// A report's reason; the person who is blocked.
    var other: String?
    /// A window in seconds; the most who may be blocked.
    var bound: Int64?
    var needed = Guard.nobody

    init(_ target: Job.Target) {
      switch target {
      case .person(let person, let isBlocked, let needed):
        (action, other, bound) = (isBlocked ? "block" : "unblock", person.text, ChangeStore.mostBlocked)
        self.needed = needed
      case .message(let id, let match, let change, let needed):
        (message, self.match, self.needed) = (id, match.text, needed)
        switch change {
        case .edit(let content, let seconds):
          (action, self.content, text, bound) = ("edit", content, content.text, seconds)
        case .delete(let seconds): (action, bound) = ("delete", seconds)
        case .report(let reason, let text): (action, other, self.text) = ("report", reason.rawValue, text)
        }
      }
    }
  }

  static func parameters(of batch: [Job]) -> PostgresParameters {
    let columns = batch.map { Columns($0.target) }
    var parameters = PostgresParameters()
    parameters.append(texts: columns.map(\.action))
    parameters.append(texts: columns.map(\.match))
    parameters.append(texts: batch.map(\.user.text))
    parameters.append(uuids: columns.map(\.message))
    parameters.append(texts: columns.map(\.text))
    parameters.append(doubles: columns.map { $0.content?.latitude })
    parameters.append(doubles: columns.map { $0.content?.longitude })
    parameters.append(texts: columns.map(\.other))
    parameters.append(integers: columns.map(\.bound))
    parameters.append(texts: columns.map(\.needed.text))
    return parameters
  }

  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> ChangeStore.Outcome? {
    guard let facts = FactColumns.membership(result, row: row, from: 1),
      let fate = fate(result.text(row, 7), result.bytes(row, 8).map { Array($0) })
    else { return nil }
    return ChangeStore.Outcome(facts: facts, fate: fate)
  }

  private static func fate(_ letter: String?, _ json: [UInt8]?) -> ChangeFate? {
    switch letter {
    case "c": json.map { .changed($0) } ?? .done
    case "r": json.map { .unchanged($0) } ?? .done
    case "n": .noMessage
    case "x": .deleted
    case "k": .otherKind
    case "t": .tooLate
    case "f": .tooMany
    case "d": .denied
    case "b": .busy
    default: nil
    }
  }
}
