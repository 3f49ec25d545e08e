/// Variables of Centrifugo's environment, read from `KEY=VALUE` lines as systemd's `EnvironmentFile=` has them.
public struct EnvironmentFile: Sendable {
  /// The variables, all of them.
  public let variables: [String: String]

  /// Variables as they are.
  public init(variables: [String: String]) { self.variables = variables }

  /// Reads a file: empty lines and lines that begin with `#` or `;` are left out, one pair of quotes around a value is
  /// taken off, of a variable that is set twice the last holds.
  ///
  /// - Throws: ``SetupFault`` with the line's number, and nothing of the line, for one that is no `KEY=VALUE`.
  public init(_ bytes: [UInt8]) throws(SetupFault) {
    guard bytes.count <= SetupLimits.bytes else { throw SetupFault("is over \(SetupLimits.bytes) bytes") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SetupFault("is no UTF-8 text") }
    var variables: [String: String] = [:]
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = Self.trimmed(line)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      guard let equals = line.firstIndex(of: "="), case let key = Self.trimmed(line[..<equals]), Self.isName(key) else {
        throw SetupFault("line \(index + 1): want KEY=VALUE")
      }
      var value = Self.trimmed(line[line.index(after: equals)...])
      if value.count >= 2, value.hasPrefix("'"), value.hasSuffix("'") {
        value = value.dropFirst().dropLast()
      } else if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
        value = Self.unescaped(value.dropFirst().dropLast())
      }
      variables[String(key)] = String(value)
    }
    self.variables = variables
  }

  /// What stands between double quotes, where a backslash before `"`, `\`, `` ` `` and `$` goes.
  private static func unescaped(_ text: Substring) -> Substring {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        if !"\"\\`$".contains(character) { result.append("\\") }
        result.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    if isEscaped { result.append("\\") }
    return result[...]
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy {
      (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let space: Set<Character> = [" ", "\t", "\r"]
    guard let first = text.firstIndex(where: { !space.contains($0) }),
      let last = text.lastIndex(where: { !space.contains($0) })
    else { return "" }
    return text[first...last]
  }
}
