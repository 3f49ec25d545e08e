/// A decision as the console keeps it: what the decision log says of it, cut to a bounded size.
struct DecisionRow: Hashable, Sendable {
  /// The longest text that is kept, in bytes; what is longer ends with `…`.
  static let maximumBytes = 256
  /// The longest facts; theirs are some hundred bytes.
  private static let maximumFactBytes = 512

  let time: String
  let id: String
  let hook: HookKind
  let user: String
  let client: String
  let address: String
  let channel: String
  let method: String
  let outcome: HookOutcome
  /// The name of the code that the client got; empty where it got none.
  let code: String
  let reason: String
  let rule: String
  let policy: String
  /// As the log has them; empty where there are none.
  let facts: [UInt8]
  /// `deny by rule`; empty where the rules in shadow would have decided the same.
  let shadow: String
  let microseconds: UInt64

  init(_ record: HookRecord, at time: UTCTime) {
    self.time = time.rfc3339
    id = Self.cut(record.requestID)
    hook = record.hook
    user = Self.cut(record.user)
    client = Self.cut(record.client)
    address = Self.cut(record.address)
    channel = Self.cut(record.channel)
    method = Self.cut(record.method)
    outcome = record.outcome
    code = record.code?.name ?? ""
    reason = record.reason
    rule = record.rule
    policy = record.policy
    facts = record.facts.count > Self.maximumFactBytes ? [] : record.facts
    shadow = record.shadow.map { "\($0.outcome) by \($0.rule)" } ?? ""
    microseconds = record.durationMicroseconds
  }

  /// The hook, or the method of an rpc.
  var operation: String { hook == .rpc ? method : hook.rawValue }

  /// Copies, so that a short piece does not hold a long text's memory.
  private static func cut(_ text: String) -> String {
    guard text.utf8.count > maximumBytes else { return text }
    return String(decoding: Array(text.utf8.prefix(maximumBytes)), as: UTF8.self) + "…"
  }
}
