// What somebody else wrote, shown to people: in terminals, in logs.

extension Unicode.Scalar {
  /// Whether it is not seen where it stands, may be obeyed by a terminal, or turns the direction of the text around it.
  var isUnseen: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
    default: false
    }
  }
}

extension String {
  /// The text with U+FFFD in the place of what is not seen.
  var visible: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.isUnseen ? "\u{FFFD}" : $0 }))
  }

  /// Whether all of it is visible ASCII, spaces among it.
  var isPlain: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
