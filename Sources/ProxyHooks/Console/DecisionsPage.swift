import Auth

/// The latest decisions with a form that filters them.
struct DecisionsPage {
  /// How many rows can be asked for; the first unless another is.
  static let rowChoices = [100, 300, 1_000]
  /// After how many seconds the page can be asked for again by itself.
  static let refreshChoices = [5, 15, 60]

  let filter: DecisionFilter
  let rows: Int
  let refresh: Int?

  init(_ query: ConsoleQuery) {
    filter = DecisionFilter(query)
    rows = Int(query["rows"]).flatMap { Self.rowChoices.contains($0) ? $0 : nil } ?? Self.rowChoices[0]
    refresh = Int(query["refresh"]).flatMap { Self.refreshChoices.contains($0) ? $0 : nil }
  }

  func html(_ all: [DecisionRow]) -> HTML {
    let matching = all.filter(filter.passes)
    let shown = matching.prefix(rows)
    let count: HTML =
      matching.isEmpty
      ? "<p class=\"note\">\(all.isEmpty ? "Nothing was decided since the start." : "None of the \(all.count) that are kept.")</p>\n"
      : HTML.table(
        "\(shown.count) of \(matching.count) that fit, of \(all.count) kept; the newest first, times in UTC",
        columns: [
          "time, and why", "outcome", "hook or method", "user", "channel", "code", "reason", "rule", "with shadow",
          "took",
        ], rows: shown.map { $0.html }, class: "log")
    let content: HTML = """
      <h1>Decisions</h1>
      \(form)\(count)
      """
    return ConsolePage.decisions.document(content, refresh: refresh)
  }

  private var form: HTML {
    func options(_ values: [String], any: String) -> [(value: String, words: String)] {
      [("", any)] + values.map { ($0, $0) }
    }
    return """
      <form method="get" action="\(ConsolePage.decisions.rawValue)" aria-label="Filter">
      <div class="fields">
      \(HTML.input("user", "User contains", filter.user))\
      \(HTML.input("channel", "Channel contains", filter.channel))\
      \(HTML.select("hook", "Hook", filter.hook, among: options(HookKind.allCases.map(\.rawValue), any: "any")))\
      \(HTML.select("method", "Method of rpc", filter.method, among: options(Self.methods, any: "any")))\
      \(HTML.select(
        "outcome", "Outcome", filter.outcome, among: options(HookOutcome.allCases.map(\.rawValue), any: "any")))\
      \(HTML.select("code", "Code", filter.code, among: options(Code.all.map(\.name), any: "any")))\
      \(HTML.input("rule", "Rule contains", filter.rule))\
      \(HTML.select(
        "rows", "At most", String(rows), among: Self.rowChoices.map { (String($0), "\($0) rows") }))\
      \(HTML.select(
        "refresh", "Again by itself", refresh.map { String($0) } ?? "",
        among: [("", "never")] + Self.refreshChoices.map { (String($0), "every \($0) seconds") }))\
      \(HTML.checkbox("shadow", "Shadow differs", isOn: filter.isShadowed))\
      </div>
      <p><button>Show</button> <a href="\(ConsolePage.decisions.rawValue)">Show all</a></p>
      </form>

      """
  }

  private static let methods = Operation.allCases.filter { $0.hook == .rpc }.map(\.rawValue)
}

extension DecisionRow {
  /// The longest word of a client's in the table, in characters; the whole of it is where the decision is explained.
  private static let maximumShown = 64

  fileprivate var html: HTML {
    let took = "\(microseconds / 1_000).\(microseconds % 1_000 / 100) ms"
    func theirs(_ text: String) -> HTML {
      let scalars = text.unicodeScalars
      let isLong = scalars.count > Self.maximumShown
      return HTML.theirs("\(isLong ? String(scalars.prefix(Self.maximumShown)) + "…" : text)")
    }
    let link: HTML = """
      <a href="\(ConsolePage.explain.rawValue)?id=\(ConsoleQuery.encoded(id))"><span class="hidden">Explain </span>\
      \(String(time.dropFirst(11).dropLast()))<span class="hidden">, request \(id)</span></a>
      """
    return """
      \(HTML.head(link))\(HTML.cell(HTML.tone(outcome.tone, outcome.rawValue)))\
      \(theirs(hook == .rpc && method.isEmpty ? "rpc" : operation))\(theirs(user))\(theirs(channel))\
      \(HTML.cell("\(code)"))\(HTML.cell("\(reason)"))\(HTML.cell("\(rule)"))\
      \(HTML.cell(shadow.isEmpty ? .none : HTML.tone(.odd, shadow)))\(HTML.cell("\(took)"))
      """
  }
}

extension HookOutcome {
  /// The colour of its word.
  var tone: HTML.Tone {
    switch self {
    case .allow: .good
    case .deny, .disconnect: .bad
    case .error: .odd
    }
  }
}
