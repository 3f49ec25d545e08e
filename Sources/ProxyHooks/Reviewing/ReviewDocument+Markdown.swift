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

  /// Text in which no character means anything in Markdown, nor ends a table's cell. A line within a word means nothing there
  /// anyway (GitHub Flavored Markdown, section 6.2), and the words here have many.
  fileprivate static func inMarkdown(_ text: String) -> String {
    var escaped = ""
    let characters = Array(text)
    for (place, character) in characters.enumerated() {
      switch character {
      case "_" where isWithinWord(place, of: characters): escaped.append(character)
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~": escaped += "\\\(character)"
      case "\n", "\r", "\r\n": escaped += " "
      default: escaped.append(character)
      }
    }
    return escaped
  }

  private static func isWithinWord(_ place: Int, of characters: [Character]) -> Bool {
    func isOfAWord(_ place: Int) -> Bool {
      characters.indices.contains(place) && (characters[place].isLetter || characters[place].isNumber)
    }
    return isOfAWord(place - 1) && isOfAWord(place + 1)
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
