/// Which decisions are shown; an empty text asks for nothing.
struct DecisionFilter: Hashable, Sendable {
  static let keys = ["user", "channel", "hook", "method", "outcome", "code", "rule", "shadow"]

  /// A part of the user's id.
  let user: String
  /// A part of the channel's name.
  let channel: String
  let hook: String
  let method: String
  let outcome: String
  let code: String
  let rule: String
  /// Only what the rules in shadow would have decided otherwise.
  let isShadowed: Bool

  init(_ query: ConsoleQuery) {
    user = query["user"]
    channel = query["channel"]
    hook = query["hook"]
    method = query["method"]
    outcome = query["outcome"]
    code = query["code"]
    rule = query["rule"]
    isShadowed = !query["shadow"].isEmpty
  }

  func passes(_ row: DecisionRow) -> Bool {
    func isPart(_ part: String, of text: String) -> Bool { part.isEmpty || text.contains(part) }
    func isSame(_ wanted: String, _ text: String) -> Bool { wanted.isEmpty || wanted == text }
    return isPart(user, of: row.user) && isPart(channel, of: row.channel) && isSame(hook, row.hook.rawValue)
      && isSame(method, row.method) && isSame(outcome, row.outcome.rawValue) && isSame(code, row.code)
      && isPart(rule, of: row.rule) && (!isShadowed || !row.shadow.isEmpty)
  }
}
