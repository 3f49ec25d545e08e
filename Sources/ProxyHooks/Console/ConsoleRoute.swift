/// What of the console is asked for.
enum ConsoleRoute: Sendable {
  case style
  case page(ConsolePage, Result<ConsoleQuery, ConsoleQuery.Fault>)

  static let stylePath = "/console/style.css"

  /// Nil for what is none of the console's paths.
  init?(_ uri: String) {
    let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    if uri == Self.stylePath {
      self = .style
    } else if let page = ConsolePage(rawValue: String(parts[0])) {
      let query = parts.count == 2 ? parts[1] : ""
      self = .page(
        page, Result { () throws(ConsoleQuery.Fault) in try ConsoleQuery(query, keys: page.keys) })
    } else {
      return nil
    }
  }
}

extension ConsolePage {
  /// The keys that the page's forms and links have.
  var keys: Set<String> {
    switch self {
    case .decisions: Set(DecisionFilter.keys + ["rows", "refresh"])
    case .explain: ExplainQuestion.keys
    case .overview, .policy, .lint, .limits: []
    }
  }
}
