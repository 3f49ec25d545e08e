import Auth
import StrictJSON

extension PolicyExplanation {
  /// The explanation as one JSON object; `facts` is as in a decision's line.
  public var json: [UInt8] {
    var writer = JSONWriter(capacity: 2_048)
    writer.beginObject()
    writer.text("operation", decision.operation.rawValue)
    writer.key("of_one_match")
    writer.bool(isOfOneMatch)
    writer.key("facts")
    writer.raw(decision.facts.json)
    writer.outcome("decision", decision.outcome)
    if let shadow = decision.shadow { writer.outcome("shadow", shadow) }
    if let code = decision.clientCode {
      writer.key("code")
      writer.integer(code.number)
    }
    writer.text("client", decision.clientSees)
    writer.text("policy", version)
    writer.key("checks")
    writer.beginArray()
    for step in checks {
      writer.beginObject()
      writer.text("check", step.check.rawValue)
      writer.text("result", step.result.word)
      writer.endObject()
    }
    writer.endArray()
    writer.key("rules")
    writer.beginArray()
    for step in rules {
      writer.beginObject()
      writer.text("rule", step.rule.name)
      writer.text("effect", step.rule.effect.rawValue)
      writer.text("mode", step.rule.mode.rawValue)
      writer.text("result", step.words)
      writer.endObject()
    }
    writer.endArray()
    writer.key("limits")
    writer.beginArray()
    for (name, rule) in limits {
      writer.beginObject()
      writer.text("limit", name.rawValue)
      writer.text("rate", rule.map { "\($0.rate)" } ?? "off")
      if let rule { writer.text("mode", rule.mode.rawValue) }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}

extension PolicyExplanation.CheckResult {
  fileprivate var word: String {
    switch self {
    case .passed: "passed"
    case .stopped: "stopped"
    case .notReached: "not reached"
    }
  }
}

extension JSONWriter {
  fileprivate mutating func text(_ name: StaticString, _ text: String) {
    key(name)
    string(text)
  }

  fileprivate mutating func outcome(_ name: StaticString, _ outcome: Decision.Outcome) {
    key(name)
    beginObject()
    text("outcome", outcome.isAllowed ? "allow" : "deny")
    if let reason = outcome.reason { text("reason", reason.rawValue) }
    if let rule = outcome.rule { text("rule", rule.text) }
    endObject()
  }
}
