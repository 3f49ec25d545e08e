extension HTML {
  /// A reviewer's document. A table takes the heading above it as its caption too, as readers may jump from one to the next.
  init(_ document: ReviewDocument) {
    var html = HTML.none
    var title = "Table"
    for part in document.parts {
      switch part {
      case .heading(let text):
        title = text
        html += "<h2>\(text)</h2>\n"
      case .sentence(let text): html += "<p>\(text)</p>\n"
      case .list(let items): html += "<ul>\n\(items.html { "<li>\($0)</li>\n" })</ul>\n"
      case .table(let table): html += table.html(title)
      }
    }
    self = html
  }
}

extension ReviewDocument.Table {
  fileprivate func html(_ title: String) -> HTML {
    let heads = columns.enumerated().map { place, lines -> HTML in
      // A column of the rows' names has no title where it is drawn; a reader who hears it needs one.
      if lines.allSatisfy(\.isEmpty) { return place == 0 ? "<span class=\"hidden\">what</span>" : .none }
      return HTML(lines.enumerated().map { $0.offset == 0 ? "\($0.element)" : "<br>\($0.element)" })
    }
    return HTML.table(
      "\(title)", columns: heads,
      rows: rows.map { cells in
        HTML(cells.enumerated().map { $0.offset == 0 ? HTML.head($0.element.html) : HTML.cell($0.element.html) })
      }, class: "matrix", isHeaded: true)
  }
}

extension ReviewDocument.Cell {
  fileprivate var html: HTML {
    switch tone {
    case .plain: "\(text)"
    case .allowed: HTML.tone(.good, text)
    case .denied: HTML.tone(.bad, text)
    }
  }
}
