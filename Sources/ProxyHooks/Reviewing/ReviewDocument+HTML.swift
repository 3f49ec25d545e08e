extension ReviewDocument {
  /// As a fragment of HTML: headings, paragraphs and tables with a header for each row and column. A cell's class is
  /// `plain`, `allowed` or `denied`, and its title its note.
  ///
  /// - Parameter level: of the headings, 1 to 6.
  public func html(level: Int = 2) -> String {
    let tag = "h\(min(max(level, 1), 6))"
    return parts.map { part in
      switch part {
      case .heading(let text): "<\(tag)>\(Self.inHTML(text))</\(tag)>\n"
      case .sentence(let text): "<p>\(Self.inHTML(text))</p>\n"
      case .list(let items): "<ul>\n\(items.map { "<li>\(Self.inHTML($0))</li>\n" }.joined())</ul>\n"
      case .table(let table): table.html
      }
    }.joined()
  }

  /// Text that means itself between tags and within an attribute's quotes.
  static func inHTML(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension ReviewDocument.Table {
  fileprivate var html: String {
    let head = columns.map { title in
      "<th scope=\"col\">\(title.map(ReviewDocument.inHTML).joined(separator: "<br>"))</th>"
    }
    let body = rows.map { row in
      "<tr>" + row.enumerated().map { $0 == 0 ? $1.head : $1.html }.joined() + "</tr>\n"
    }
    return "<table>\n<thead>\n<tr>\(head.joined())</tr>\n</thead>\n<tbody>\n\(body.joined())</tbody>\n</table>\n"
  }
}

extension ReviewDocument.Cell {
  fileprivate var head: String { "<th scope=\"row\"\(title)>\(ReviewDocument.inHTML(text))</th>" }

  fileprivate var html: String {
    "<td class=\"\(tone.rawValue)\"\(title)>\(ReviewDocument.inHTML(text))</td>"
  }

  private var title: String { note.isEmpty ? "" : " title=\"\(ReviewDocument.inHTML(note))\"" }
}
