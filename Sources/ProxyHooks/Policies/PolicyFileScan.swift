/// What a policy file must not have anywhere, looked for before it is read as YAML: what a reviewer's editor shows otherwise
/// than YAML reads it, and the parts of YAML that no policy needs.
enum PolicyFileScan {
  /// The first of them, with its line and column; nil where there is none.
  static func problem(in text: String) -> PolicyFileError.Problem? {
    var place = Place()
    // Quotes are followed so that what is a comment here is one in YAML: they open where a word would begin, and close on
    // their line.
    var quote: Unicode.Scalar?
    var isComment = false
    var isEscaped = false
    var before: Unicode.Scalar = "\n"
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      if let name = hidden(scalar, before: next) { return place.problem("\(name) can't be seen; take it out") }
      if scalar == "\n" {
        guard quote == nil else { return place.problem("a quotation mark is not closed on its line") }
        isComment = false
      } else if !isComment {
        if quote == nil, scalar == "#", before == "\n" || before == " " || before == "\t" {
          isComment = true
        } else if let word = words[scalar] {
          return place.problem("`\(scalar)` begins \(word) in YAML, which a policy does without")
        } else if let open = quote {
          if open == "'", scalar == "'", next == "'", !isEscaped {
            isEscaped = true
          } else if scalar == open, !isEscaped {
            quote = nil
          } else {
            isEscaped = open == "\"" && scalar == "\\" && !isEscaped
          }
        } else if scalar == "\"" || scalar == "'" {
          guard openers.contains(before) else { return place.problem("a quotation mark stands inside a word") }
          quote = scalar
          isEscaped = false
        }
      }
      place.pass(scalar)
      before = scalar
    }
    return nil
  }

  private static let openers: Set<Unicode.Scalar> = ["\n", " ", "\t", "[", "{", ",", ":"]
  private static let words: [Unicode.Scalar: String] = ["&": "an anchor", "*": "an alias", "!": "a tag"]

  private struct Place {
    var line = 1
    var column = 1

    mutating func pass(_ scalar: Unicode.Scalar) {
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }

    func problem(_ text: String) -> PolicyFileError.Problem {
      .init(line: line, key: "", text: "column \(column): \(text)")
    }
  }

  /// The name of a character that ends a line for YAML and not for everybody, turns the direction of text, or is not shown.
  private static func hidden(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?) -> String? {
    switch scalar {
    case "\n", "\t": return nil
    case "\r" where next == "\n": return nil
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
      return "U+\(String(scalar.value, radix: 16, uppercase: true))"
    default: return nil
    }
  }
}
