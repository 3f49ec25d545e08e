/// What the service is and how it does, on one screen.
struct OverviewPage {
  let version: String
  let start: UTCTime
  let policy: PolicyInForce
  let readiness: Readiness
  /// Where decisions are written, in words.
  let decisionLog: String
  let minutes: [DecisionRing.Minute]

  var html: HTML {
    ConsolePage.overview.document(
      """
      <h1>Overview</h1>
      \(HTML.facts([
        ("Service", "ProxyHooks \(version), running since \(start.rfc3339)"),
        ("Takes hooks", readiness.html),
        ("Decision log", "\(decisionLog)"),
      ]))<h2>Parts</h2>
      \(HTML.table(
        "Parts", columns: ["part", "state"],
        rows: readiness.components.map { HTML.head("\($0.name)") + HTML.cell($0.state.html) }, isHeaded: true))\
      <h2>Policy</h2>
      \(policy.html)<h2>Decisions of the last minutes</h2>
      \(counts)
      """)
  }

  private var counts: HTML {
    if minutes.isEmpty {
      return "<p class=\"note\">Nothing was decided in the last \(DecisionRing.minutes) minutes.</p>\n"
    }
    return HTML.table(
      "By the minute, in UTC; the first one is not over",
      columns: ["minute"] + HookOutcome.allCases.map { "\($0.rawValue)" } + ["shadow differs"],
      rows: minutes.map { minute in
        HTML.head("\(UTCTime(seconds: minute.start).rfc3339.dropFirst(11).prefix(5).description)")
          + zip(HookOutcome.allCases, minute.outcomes).map { $0 }.html { outcome, count in
            HTML.cell(count == 0 ? "0" : HTML.tone(outcome.tone, String(count)))
          } + HTML.cell("\(minute.shadow)")
      }, class: "log")
  }
}

extension Readiness {
  fileprivate var html: HTML {
    if isDraining { return HTML.tone(.bad, "no: it is shutting down") }
    return isReady ? HTML.tone(.good, "yes") : HTML.tone(.bad, "no: a part that it needs is down")
  }
}

extension Readiness.State {
  fileprivate var html: HTML {
    switch self {
    case .up: HTML.tone(.good, "up")
    case .degraded: HTML.tone(.odd, "degraded: done without")
    case .down: HTML.tone(.bad, "down")
    }
  }
}
