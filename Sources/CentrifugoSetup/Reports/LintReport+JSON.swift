import StrictJSON

extension LintReport {
  /// The findings for programs: one JSON object on one line, `{"findings": […], "counts": {…}}`. Ignored ones are in the
  /// list, marked, and not counted; `owner`, `line` and `variable` are left out where there is none.
  public var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("findings")
    writer.beginArray()
    for finding in findings { Self.write(finding, to: &writer) }
    writer.endArray()
    writer.key("counts")
    writer.beginObject()
    for severity in Severity.allCases {
      writer.key(severity.rawValue)
      writer.integer(findings.count { $0.severity == severity && !$0.isIgnored })
    }
    writer.endObject()
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ finding: Finding, to writer: inout JSONWriter) {
    writer.beginObject()
    let texts: [(String, String?)] = [
      ("id", finding.rule), ("severity", finding.severity.rawValue), ("title", finding.title), ("key", finding.key),
      ("owner", finding.owner), ("variable", finding.variable), ("why", finding.why), ("mend", finding.mend),
    ]
    for (key, text) in texts {
      guard let text else { continue }
      writer.key(key)
      writer.string(text)
    }
    if let line = finding.line {
      writer.key("line")
      writer.integer(line)
    }
    writer.key("set")
    writer.bool(finding.isSet)
    writer.key("ignored")
    writer.bool(finding.isIgnored)
    writer.endObject()
  }
}
