extension ReviewDocument {
  /// As plain text: columns aligned, for a terminal.
  public var text: String { parts.map { Self.text(of: $0) }.joined(separator: "\n") }

  private static func text(of part: Part) -> String {
    switch part {
    case .heading(let text): text + "\n" + String(repeating: "=", count: text.count) + "\n"
    case .sentence(let text): wrapped(text, indent: "")
    case .list(let items): items.map { wrapped("- \($0)", indent: "  ") }.joined()
    case .table(let table): table.text
    }
  }

  /// The longest line of a sentence, in characters; a longer word has one of its own.
  private static let width = 110

  private static func wrapped(_ text: String, indent: String) -> String {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append((lines.isEmpty ? "" : indent) + word)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension ReviewDocument.Table {
  fileprivate var text: String {
    let height = columns.map(\.count).max() ?? 0
    let head = (0..<height).map { line in columns.map { line < $0.count ? $0[line] : "" } }
    let body = rows.map { $0.map(\.text) }
    let widths = columns.indices.map { column in
      (head + body).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return (head + [rule] + body).map { line in
      var text = ""
      for (cell, width) in zip(line, widths) {
        text += cell + String(repeating: " ", count: max(0, width - cell.count) + 2)
      }
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }.joined()
  }
}
