public import Auth
import StrictJSON

/// Decisions of before, decided again by another policy, a line at a time. Limits are not among them: a line says neither when
/// its call was counted nor what had been counted before the log begins.
public struct PolicyReplay: Sendable {
  /// What a change is of: lines that changed in the same way.
  public struct Change: Hashable, Sendable {
    /// What was asked for.
    public let operation: Operation
    /// What the rules said then.
    public let old: LoggedDecision.Ruling
    /// What they would say.
    public let new: LoggedDecision.Ruling

    /// Whether it is allowed now and was not, or the reverse, or refused for another reason; else it is another rule alone.
    public var isOther: Bool { old.reason != new.reason }
  }

  /// How often, and the first of them.
  public struct Tally: Sendable {
    /// Lines.
    public fileprivate(set) var count = 0
    /// The first of them.
    public fileprivate(set) var examples: [LoggedDecision] = []
  }

  private let document: PolicyDocument
  private let mostExamples: Int
  /// Lines that the rules decided.
  public private(set) var decided = 0
  /// What would have been decided otherwise.
  public private(set) var changes: [Change: Tally] = [:]
  /// Lines that the rules did not decide, by their reason.
  public private(set) var undecided: [String: Int] = [:]
  /// Lines that are of something else.
  public private(set) var others = 0
  /// Lines that can't be read, and the number of the first.
  public private(set) var unreadable = (count: 0, first: 0)
  /// By which policies the lines were decided.
  public private(set) var policies: [String: Int] = [:]
  private var lines = 0

  /// - Parameter mostExamples: how many lines of each change are kept.
  public init(under document: PolicyDocument, mostExamples: Int = 3) {
    self.document = document
    self.mostExamples = mostExamples
  }

  /// Takes the next line, without its end; nil for one that was too long to be read.
  public mutating func take(_ line: [UInt8]?) {
    lines += 1
    guard let line, let json = try? JSON.parse(line, limits: LoggedDecision.limits), json.kind == .object else {
      if unreadable.count == 0 { unreadable.first = lines }
      unreadable.count += 1
      return
    }
    guard let line = LoggedDecision(json) else {
      others += 1
      return
    }
    policies[line.policy.isEmpty ? "none" : line.policy, default: 0] += 1
    guard let operation = line.operation, let facts = line.facts, let old = line.ruling else {
      undecided[line.reason.isEmpty ? line.outcome : line.reason, default: 0] += 1
      return
    }
    decided += 1
    let change = Change(operation: operation, old: old, new: document.policy.decide(operation, on: facts).ruling)
    guard change.old != change.new else { return }
    var tally = changes[change] ?? Tally()
    tally.count += 1
    if tally.examples.count < mostExamples { tally.examples.append(line) }
    changes[change] = tally
  }

  /// How many lines would have been decided otherwise.
  public var otherwise: Int { changes.filter(\.key.isOther).values.reduce(0) { $0 + $1.count } }
}
