import Auth

/// A decision step by step, with the forms that ask for one.
struct ExplainPage {
  /// What there is to say.
  enum Answer {
    case nothingAsked
    case problem(String)
    /// A decision as it was, and what explains it by the policy of now; or why that can't be.
    case decided(DecisionRow, Result<PolicyExplanation, ExplainQuestion.Problem>)
    /// An explanation, and where its facts are from.
    case explained(PolicyExplanation, from: String)
  }

  let query: ConsoleQuery
  let roles: [MemberRole]
  let answer: Answer

  var html: HTML {
    ConsolePage.explain.document(
      """
      <h1>Explain</h1>
      \(answerHTML)<h2>Ask of somebody, as the database has them now</h2>
      \(databaseForm)<h2>Ask on facts of your own</h2>
      \(factsForm)
      """)
  }

  private var answerHTML: HTML {
    switch answer {
    case .nothingAsked: return .none
    case .problem(let text): return "<p class=\"note bad\" role=\"alert\">\(text)</p>\n"
    case .explained(let explanation, let source): return "<p>\(source)</p>\n\(HTML(explanation.document))"
    case .decided(let row, .success(let explanation)):
      let sameness: HTML =
        row.policy == explanation.version
        ? .none : "<p class=\"note\">That was by policy \(row.policy); what follows is by \(explanation.version).</p>\n"
      return "\(row.details)\(sameness)\(HTML(explanation.document))"
    case .decided(let row, .failure(let problem)):
      return "\(row.details)<p class=\"note\">\(problem.text)</p>\n"
    }
  }

  private var operations: [(value: String, words: String)] {
    [("", "choose")] + Operation.allCases.map { ($0.rawValue, $0.rawValue) }
  }

  private var isOnFacts: Bool { query["from"] == "facts" }

  private var databaseForm: HTML {
    func value(_ key: String) -> String {
      if case .decided(let row, _) = answer { return row.question[key] ?? "" }
      return isOnFacts ? "" : query[key]
    }
    return """
      <form method="get" action="\(ConsolePage.explain.rawValue)" aria-label="Ask of somebody">
      <div class="fields">
      \(HTML.input("user", "User", value("user")))\
      \(HTML.select("operation", "Operation", value("operation"), among: operations))\
      \(HTML.input("match", "Match", value("match"), hint: "its id, without the namespace"))\
      \(HTML.input("token", "Token’s id", value("token"), hint: "jti, for connect and the refreshes"))\
      \(HTML.input("issued", "Token issued at", value("issued"), hint: "iat; without it older than any revocation"))\
      </div>
      <p><button>Ask the database</button></p>
      </form>

      """
  }

  private var factsForm: HTML {
    func value(_ key: String) -> String { isOnFacts ? query[key] : "" }
    func tick(_ key: StaticString, _ label: StaticString) -> HTML {
      HTML.checkbox(key, label, isOn: !value(key.description).isEmpty)
    }
    return """
      <form method="get" action="\(ConsolePage.explain.rawValue)" aria-label="Ask on facts">
      <input type="hidden" name="from" value="facts">
      <div class="fields">
      \(HTML.select("operation", id: "facts-operation", "Operation", value("operation"), among: operations))\
      \(HTML.select(
        "role", "Role", value("role"), among: [("", "none")] + roles.map { ($0.name, $0.name) }))\
      \(HTML.select(
        "state", "Match", value("state"), among: [("", "none")] + MatchState.allCases.map { ($0.rawValue, $0.rawValue) }))\
      </div>
      <fieldset>
      <legend>The person</legend>
      <div class="fields">
      \(tick("left", "has left"))\(tick("muted", "is muted"))\(tick("removed", "was removed"))\
      \(tick("banned", "is banned"))\(tick("revoked", "has a revoked token"))\
      </div>
      </fieldset>
      <p><button>Ask on these facts</button></p>
      </form>

      """
  }
}

extension DecisionRow {
  /// What the form of the database would ask of the same, as far as the decision says.
  fileprivate var question: [String: String] {
    guard let operation = Operation(rawValue: operation), let user = UserID(user) else { return [:] }
    let match = channel.split(separator: ":", maxSplits: 1).last.flatMap { MatchID(String($0)) }
    return ["user": user.text, "operation": operation.rawValue, "match": operation.hasSeats ? match?.text ?? "" : ""]
  }

  /// The decision as it was.
  fileprivate var details: HTML {
    var facts: [(name: String, value: HTML)] = [
      ("Decided", "\(time), request <span class=\"code\">\(id)</span>"),
      ("Outcome", "\(HTML.tone(outcome.tone, outcome.rawValue))\(code.isEmpty ? "" : ", \(code)"): \(reason)"),
    ]
    let others: [(String, String)] = [
      ("Hook", hook.rawValue), ("Method", method), ("User", user), ("Channel", channel), ("Client", client),
      ("Address", address), ("Rule", rule), ("Policy", policy), ("With shadow", shadow),
    ]
    for (name, text) in others where !text.isEmpty { facts.append((name, "<bdi>\(text)</bdi>")) }
    return HTML.facts(facts)
  }
}
