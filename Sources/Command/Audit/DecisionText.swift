import StrictJSON

/// A decision as a row for reading.
enum DecisionText {
  static let head = row(["TIME", "HOOK", "OUTCOME", "USER", "CHANNEL OR METHOD", "CODE", "RULE OR REASON", "US"])

  static func row(_ line: JSON) -> String {
    func text(_ field: String) -> String { line[field]?.string.map { printable($0) } ?? "" }
    let why = text("rule")
    return row([
      text("time"), text("hook"), text("outcome"), text("user"), text("channel") + text("method"), text("code"),
      why.isEmpty ? text("reason") : why, line["us"]?["all"]?.integer.map { "\($0)" } ?? "",
    ])
  }

  private static let widths = [24, 11, 10, 16, 28, 18, 22, 8]

  private static func row(_ cells: [String]) -> String {
    var text = ""
    for (index, (cell, width)) in zip(cells, widths).enumerated() {
      let space = String(repeating: " ", count: max(0, width - cell.count))
      text += index == widths.count - 1 ? space + cell : cell + space + " "
    }
    return text
  }

  /// What a client sent must not move the cursor or turn the text around.
  private static func printable(_ text: String) -> String {
    var printable = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
        printable += "?"
      default: printable.unicodeScalars.append(scalar)
      }
    }
    return printable
  }
}
