import CentrifugoSetup

/// What the lint says of Centrifugo's configuration.
enum LintPage {
  /// What there is to show.
  enum State {
    /// No setting names a configuration.
    case off
    /// It can't be read: why.
    case unreadable(String)
    case report(LintReport)
  }

  static func html(_ state: State, path: String?) -> HTML {
    let content: HTML
    switch state {
    case .off:
      content = """
        <p class="note">Nothing to look at: set <code>PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG</code> to the path of the file \
        that Centrifugo is started with, as this service can read it.</p>

        """
    case .unreadable(let why): content = "<p class=\"note bad\">The file can't be read: \(why)</p>\n"
    case .report(let report): content = html(report)
    }
    let file: HTML =
      path.map {
        """
        <p>Of <span class="code">\($0)</span>, read for this page. Centrifugo's environment is not known here, and may say \
        otherwise: <code>proxyhooks centrifugo lint --environment</code> looks at both.</p>

        """
      } ?? .none
    return ConsolePage.lint.document("<h1>Centrifugo’s configuration</h1>\n\(file)\(content)")
  }

  private static func html(_ report: LintReport) -> HTML {
    guard !report.findings.isEmpty else {
      return "<p class=\"note\">\(HTML.tone(.good, "No findings."))</p>\n"
    }
    return Severity.allCases.html { severity in
      let findings = report.findings.filter { $0.severity == severity }
      guard !findings.isEmpty else { return .none }
      return "<h2>\(severity.word): \(findings.count)</h2>\n\(findings.html(html))"
    }
  }

  private static func html(_ finding: Finding) -> HTML {
    """
    <section class="finding">
    <h3>\(finding.title) <span class="code">\(finding.rule)</span></h3>
    \(HTML.facts([("at", "<span class=\"code\">\(finding.place)</span>"), ("why", "\(finding.why)"), ("mend", "\(finding.mend)")]))\
    </section>

    """
  }
}

extension Severity {
  fileprivate var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

extension Finding {
  fileprivate var place: String {
    var place = key.isEmpty ? "the file" : key
    if let owner { place += " (\(owner))" }
    if !isSet { place += ", which is not set" }
    if let line { place += isSet ? ", line \(line)" : "; the object around it: line \(line)" }
    return place
  }
}
