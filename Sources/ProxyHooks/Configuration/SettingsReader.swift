import Storage

/// Reads typed values and collects what is wrong with them, so that an operator learns of every mistake at once.
struct SettingsReader {
  private let values: [String: String]
  private(set) var problems: [String] = []

  /// The environment over the file. Variables of ours that no setting has are mistakes: a misspelt
  /// limit must not be one that silently is not there.
  init(environment: [String: String], file: String?) throws(ConfigurationError) {
    var values = try file.map { text throws(ConfigurationError) in try SettingsFile.parse(text) } ?? [:]
    values.merge(environment) { _, environment in environment }
    self.values = values
    let known = Set(Setting.all.map(\.key))
    for key in values.keys.sorted() where key.hasPrefix("PROXYHOOKS_") && !known.contains(key) {
      guard !Self.isAnothers(key) else { continue }
      if let place = Configuration.moved[key] {
        problems.append("\(key): is `\(place)` in the policy file now; see PROXYHOOKS_POLICY_FILE")
      } else {
        problems.append("\(key): no such setting; `proxyhooks settings` lists them")
      }
    }
  }

  /// Variables of the command, the scripts and the tests around the service.
  private static func isAnothers(_ key: String) -> Bool {
    ["PROXYHOOKS_CONFIG", "PROXYHOOKS_BIN", "PROXYHOOKS_VECTORS", "PROXYHOOKS_CAPTURES"].contains(key)
      || key.hasPrefix("PROXYHOOKS_TEST_")
  }

  /// A value, its default, or nil; an empty one counts as absent.
  func text(_ setting: Setting) -> String? {
    guard let value = values[setting.key], !value.isEmpty else { return setting.fallback }
    return value
  }

  mutating func required(_ setting: Setting) -> String {
    guard let value = text(setting) else {
      problem(setting, "is required")
      return ""
    }
    return value
  }

  /// - Parameter word: what else the setting takes, for the problem's text.
  mutating func integer(_ setting: Setting, in range: ClosedRange<Int>, or word: String? = nil) -> Int {
    guard let number = text(setting).flatMap({ Int($0) }), range.contains(number) else {
      let more = word.map { ", or \($0)" } ?? ""
      problem(setting, "want a whole number from \(range.lowerBound) to \(range.upperBound)\(more)")
      return range.lowerBound
    }
    return number
  }

  /// - Parameter word: what else the setting takes, for the problem's text.
  mutating func address(_ setting: Setting, or word: String? = nil) -> ListenAddress {
    guard let address = text(setting).flatMap({ ListenAddress($0) }) else {
      problem(setting, "want address:port, such as 127.0.0.1:8080 or [::1]:8080\(word.map { ", or \($0)" } ?? "")")
      return ListenAddress(host: "127.0.0.1", port: 0)
    }
    return address
  }

  mutating func problem(_ setting: Setting, _ text: String) { problems.append("\(setting.key): \(text)") }
}
