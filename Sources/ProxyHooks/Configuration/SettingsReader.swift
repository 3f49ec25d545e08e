import Storage

/// Reads typed values and collects what is wrong with them, so that an operator learns of every mistake at once.
struct SettingsReader {
  private let values: [String: String]
  private(set) var problems: [String] = []

  /// - Parameter values: the environment over the file. Keys of ours that no setting has are mistakes: a misspelt limit
  ///   must not be one that silently is not there.
  init(_ values: [String: String]) {
    self.values = values
    let known = Set(Setting.all.map(\.key))
    for key in values.keys.sorted() where key.hasPrefix("PROXYHOOKS_") && !known.contains(key) {
      guard !Self.others.contains(where: { key.hasPrefix($0) }) else { continue }
      problems.append("\(key): no such setting; `proxyhooks settings` lists them")
    }
  }

  /// Variables of the scripts and tests around the service, and of the command itself.
  private static let others = [
    "PROXYHOOKS_TEST_", "PROXYHOOKS_CONFIG", "PROXYHOOKS_BIN", "PROXYHOOKS_VECTORS", "PROXYHOOKS_CAPTURES",
  ]

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

  mutating func integer(_ setting: Setting, in range: ClosedRange<Int>) -> Int {
    guard let number = text(setting).flatMap({ Int($0) }), range.contains(number) else {
      problem(setting, "want a whole number from \(range.lowerBound) to \(range.upperBound)")
      return range.lowerBound
    }
    return number
  }

  mutating func address(_ setting: Setting) -> ListenAddress {
    guard let address = text(setting).flatMap({ ListenAddress($0) }) else {
      problem(setting, "want address:port, such as 127.0.0.1:8080 or [::1]:8080")
      return ListenAddress(host: "127.0.0.1", port: 0)
    }
    return address
  }

  mutating func limit(_ setting: Setting) -> RateLimit? {
    guard let text = text(setting), text != "off" else { return nil }
    guard let limit = RateLimit(text) else {
      problem(setting, "want count/period, such as 25/10s (ms, s, m, h), or off")
      return nil
    }
    return limit
  }

  mutating func problem(_ setting: Setting, _ text: String) { problems.append("\(setting.key): \(text)") }
}
