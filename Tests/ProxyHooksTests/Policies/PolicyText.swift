@testable import ProxyHooks

/// The policy that comes with the service, changed.
enum PolicyText {
  /// All limits off.
  static let unlimited = Dictionary(uniqueKeysWithValues: LimitName.allCases.map { ($0.rawValue, "off") })

  /// The policy with other values for keys that stand alone on a line.
  static func standard(_ values: [String: String] = [:]) -> String {
    PolicyDocument.standardText.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let indent = line.prefix { $0 == " " }
      let key = line.dropFirst(indent.count).prefix { $0 != ":" }
      guard let value = values[String(key)], !line.hasPrefix("#") else { return String(line) }
      return "\(indent)\(key): \(value)"
    }.joined(separator: "\n")
  }

  /// The same, read.
  static func document(_ values: [String: String]) throws -> PolicySource {
    PolicySource(path: nil, document: try PolicyDocument(text: standard(values)), bytes: nil) { _ in nil }
  }
}
