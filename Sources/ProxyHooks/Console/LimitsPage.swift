/// The limits that were at least half full lately.
enum LimitsPage {
  /// - Parameter now: a reading of the monotonic clock in nanoseconds.
  static func html(_ entries: [LimitWatch.Entry], rules: LimitRules, at now: UInt64) -> HTML {
    let table: HTML =
      entries.isEmpty
      ? "<p class=\"note\">No limit was half full or fuller in the last ten minutes.</p>\n"
      : HTML.table(
        "As each was when it was counted last; the fullest first",
        columns: ["limit", "rate", "whose", "where", "how full", "refusals", "ago"],
        rows: entries.map { $0.html(rules, now) }, class: "log")
    return ConsolePage.limits.document(
      """
      <h1>Limits near their edge</h1>
      <p>What this instance has counted in the last ten minutes and found at least half full. A full one refuses, unless it \
      is in shadow.</p>
      \(table)
      """)
  }
}

extension LimitWatch.Entry {
  fileprivate func html(_ rules: LimitRules, _ now: UInt64) -> HTML {
    let percent = min(fullness, 1_000) / 10
    let rule = LimitName(rawValue: limit).flatMap { rules[$0] }
    let rate = rule.map { "\($0.rate)\($0.mode == .shadow ? ", in shadow" : "")" } ?? "off"
    let ago = now > at ? (now - at) / 1_000_000_000 : 0
    return """
      \(HTML.head("\(limit)"))\(HTML.cell("\(rate)"))\(HTML.theirs("\(owner)"))\(HTML.theirs("\(subject)"))\
      <td><meter min="0" max="100" high="90" value="\(percent)" aria-label="how full">\(percent) %</meter> \
      \(percent) %\(percent == 100 ? HTML.tone(.bad, " full") : .none)</td>\
      \(HTML.cell(refusals == 0 ? "0" : HTML.tone(.bad, String(refusals))))\
      \(HTML.cell("\(ago) s"))
      """
  }
}
