public import Auth
public import StrictJSON

/// A line of the decision log, as far as the policy's tools need it.
public struct LoggedDecision: Sendable {
  /// The request's id.
  public let id: String
  /// When, as the line has it.
  public let time: String
  /// The hook.
  public let hook: String
  /// Who; empty where nobody was known.
  public let user: String
  /// The channel of subscribe, sub_refresh and publish.
  public let channel: String
  /// The method of rpc.
  public let method: String
  /// The match that an rpc was about.
  public let match: String
  /// `allow`, `deny`, `error` or `disconnect`.
  public let outcome: String
  /// What the client got, if anything.
  public let code: String
  /// Why.
  public let reason: String
  /// The policy's rule that decided, or the word of what holds under every policy.
  public let rule: String
  /// The version of the policy that it was decided by.
  public let policy: String
  /// What it was decided on; nil where it came to no decision by the rules.
  public let facts: Facts?

  /// What a line may be: one decision, never a document.
  public static let limits = JSONLimits(maximumBytes: 65_536, maximumDepth: 8, maximumMembers: 64, maximumNodes: 512)

  /// Nil where the object is no decision's line: it has no hook. A line whose facts can't be read has none.
  public init?(_ json: JSON) {
    guard let hook = json["hook"]?.string else { return nil }
    func text(_ key: String) -> String { (json[key].flatMap { $0.string ?? $0.integer.map { "\($0)" } } ?? "").visible }
    self.hook = hook.visible
    id = text("id")
    time = text("time")
    user = text("user")
    channel = text("channel")
    method = text("method")
    match = text("match")
    outcome = text("outcome")
    code = text("code")
    reason = text("reason")
    rule = text("rule")
    policy = text("policy")
    facts = json["facts"].flatMap { Facts(json: $0) }
  }

  /// Reads a line without its end; nil where it is no decision's.
  public init?(bytes: [UInt8]) {
    guard let json = try? JSON.parse(bytes, limits: Self.limits) else { return nil }
    self.init(json)
  }

  /// The line in words: when, who, what, and what became of it.
  public var words: String {
    let what = [hook, method, channel, match].filter { !$0.isEmpty }.joined(separator: " ")
    let end = [outcome, code, reason].filter { !$0.isEmpty }.joined(separator: ", ")
    return "\(time) \(user.isEmpty ? "nobody known" : user) \(what): \(end)"
  }

  /// What was asked for; nil for a method that there is not.
  public var operation: Operation? {
    switch HookKind(rawValue: hook) {
    case nil: nil
    case .rpc: Operation(method: method)
    case .some(let kind): Operation(rawValue: kind.rawValue)
    }
  }

  /// What the rules said; nil where they were not asked, or could not say. A call that the rules allow may be refused for
  /// something else, such as a message that is too old.
  public var ruling: Ruling? {
    guard facts != nil, operation != nil, !rule.isEmpty, outcome != "error" else { return nil }
    if let reason = Decision.Reason(rawValue: reason) {
      return reason == .factsMissing ? nil : Ruling(reason: reason, rule: rule)
    }
    return Ruling(reason: nil, rule: rule)
  }

  /// What the rules said.
  public struct Ruling: Hashable, Sendable {
    /// Why they refused; nil where they allowed.
    public let reason: Decision.Reason?
    /// The rule.
    public let rule: String

    /// `allowed by write`, `denied: muted`.
    public var words: String {
      guard let reason else { return "allowed by \(rule)" }
      return rule == reason.rawValue ? "denied: \(rule)" : "denied by \(rule): \(reason.rawValue)"
    }
  }
}

extension Decision {
  /// The decision as a line has it.
  public var ruling: LoggedDecision.Ruling { LoggedDecision.Ruling(reason: reason, rule: outcome.ruleName) }
}
