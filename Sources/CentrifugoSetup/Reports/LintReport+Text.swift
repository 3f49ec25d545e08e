extension LintReport {
  /// The findings for people: by severity, wrapped at 100 characters, with a last line that counts them.
  public var text: String {
    var text = ""
    for severity in Severity.allCases {
      let group = findings.filter { $0.severity == severity && !$0.isIgnored }
      if group.isEmpty { continue }
      text += "\(severity.rawValue.uppercased())\n\n"
      for finding in group { text += Self.text(of: finding) + "\n" }
    }
    for finding in findings where finding.isIgnored {
      text += "ignored: \(finding.rule) at \(Self.place(of: finding))\n"
    }
    if findings.contains(where: \.isIgnored) { text += "\n" }
    return text + summary + "\n"
  }

  /// How many there are of each severity.
  private var summary: String {
    let open = findings.filter { !$0.isIgnored }
    let ignored = findings.count - open.count
    guard !open.isEmpty else { return ignored == 0 ? "No findings." : "No findings but \(ignored) ignored." }
    let counts = Severity.allCases.compactMap { severity in
      let count = open.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)"
    }
    let total = open.count == 1 ? "1 finding" : "\(open.count) findings"
    return "\(total): \(counts.joined(separator: ", "))\(ignored == 0 ? "" : "; \(ignored) ignored")."
  }

  private static func text(of finding: Finding) -> String {
    """
      \(finding.rule): \(finding.title)
        at    \(place(of: finding))
        why   \(wrapped(finding.why))
        mend  \(wrapped(finding.mend))

    """
  }

  private static func place(of finding: Finding) -> String {
    var place = finding.key.isEmpty ? "the file" : finding.key
    if let owner = finding.owner { place += " (\(owner))" }
    if !finding.isSet { place += ", which is not set" }
    if let line = finding.line { place += finding.isSet ? ", line \(line)" : "; the object around it: line \(line)" }
    if let variable = finding.variable, variable != finding.key { place += ", from \(variable)" }
    return place
  }

  /// Words in lines of at most 90 characters, those after the first under the first.
  private static func wrapped(_ text: String) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if !last.isEmpty, last.count + 1 + word.count > 90 {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = last.isEmpty ? String(word) : "\(last) \(word)"
      }
    }
    return lines.joined(separator: "\n" + String(repeating: " ", count: 10))
  }
}
