/// Reads settings from a file of `KEY=VALUE` lines, the form of systemd's `EnvironmentFile=`: the same keys as in the
/// environment, `#` comments, and quotes around a value where it has space at its ends.
enum SettingsFile {
  private static let known = Set(Setting.all.map(\.key))

  private static func isKey(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
  }

  /// The settings in `text`; throws with the line's number for a line that is none.
  static func parse(_ text: String) throws(ConfigurationError) -> [String: String] {
    var values: [String: String] = [:]
    var problems: [String] = []
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = line.trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      // libpq and the system's calls would take what stands before it for the whole value.
      guard !line.utf8.contains(0) else {
        problems.append("line \(number + 1): has a NUL")
        continue
      }
      // A line that is none may be a secret's: nothing of it is repeated unless it is a key.
      guard let equals = line.firstIndex(of: "="), case let key = String(line[..<equals].trimmed), isKey(key) else {
        problems.append("line \(number + 1): want KEY=VALUE")
        continue
      }
      guard known.contains(key) else {
        problems.append("line \(number + 1): no such setting; `proxyhooks settings` lists them")
        continue
      }
      var value = line[line.index(after: equals)...].trimmed
      for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
        value = value.dropFirst().dropLast()
        break
      }
      if values.updateValue(String(value), forKey: key) != nil {
        problems.append("line \(number + 1): \(key) is set twice")
      }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    return values
  }
}

extension Substring {
  /// Without spaces, tabs and carriage returns at its ends.
  fileprivate var trimmed: Substring {
    let space: Set<Character> = [" ", "\t", "\r"]
    let start = firstIndex { !space.contains($0) } ?? endIndex
    let end = lastIndex { !space.contains($0) }.map { index(after: $0) } ?? start
    return self[start..<Swift.max(start, end)]
  }
}
