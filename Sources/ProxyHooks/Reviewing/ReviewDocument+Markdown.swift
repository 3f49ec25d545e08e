extension ReviewDocument {
  /// As Markdown with tables as GitHub has them.
  ///
  /// - Parameter level: of the headings, from 1.
  public func markdown(level: Int = 3) -> String {
    parts.map { part in
      switch part {
      case .heading(let text): String(repeating: "#", count: level) + " \(Self.inMarkdown(text))\n"
      case .sentence(let text): Self.inMarkdown(text) + "\n"
      case .list(let items): items.map { "- \(Self.inMarkdown($0))\n" }.joined()
      case .table(let table): table.markdown
      }
    }.joined(separator: "\n")
  }

  /// Text in which no character means anything in Markdown, nor ends a table's cell.
  fileprivate static func inMarkdown(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~": escaped += "\\\(character)"
      case "\n", "\r", "\r\n": escaped += " "
      default: escaped.append(character)
      }
    }
    return escaped
  }
}

extension ReviewDocument.Table {
  fileprivate var markdown: String {
    let lines =
      [columns.map { $0.map(ReviewDocument.inMarkdown).joined(separator: "<br>") }, columns.map { _ in "---" }]
      + rows.map { $0.map { ReviewDocument.inMarkdown($0.text) } }
    return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }
}
