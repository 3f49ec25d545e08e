/// Text within HTML: what would be markup is escaped, and what would not be seen, or would turn what stands around it, is
/// spelled out as `⟨U+202E⟩`.
enum HTMLText {
  static func escaped(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case _ where isUnseen(scalar):
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "⟨U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)⟩"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Controls, line ends among them, what steers the direction of writing, blanks that are none, and marks that stack up
  /// over other letters' lines.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == " " { return false }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse, .unassigned,
      .nonspacingMark, .enclosingMark:
      return true
    default: return properties.isDefaultIgnorableCodePoint
    }
  }
}
