import Auth

@testable import ProxyHooks
@testable import Storage

/// The settings: the file's lines, and what stands behind the equals signs.
enum SettingsTarget {
  @Sendable static func run(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    let read: [String: String]
    do throws(ConfigurationError) {
      read = try SettingsFile.parse(text)
    } catch {
      holdSilent(error, on: text)
      // Every word of it might have been meant as a value.
      for line in text.split(whereSeparator: \.isNewline) { holdValue(String(line)) }
      return
    }
    holdFile(read, text)
    for value in read.values { holdValue(value) }
    holdConfiguration(text, read)
  }

  /// Nothing in the file was taken for something that is not there.
  private static func holdFile(_ read: [String: String], _ text: String) {
    let ends = "\n\r\u{0B}\u{0C}\u{85}\u{2028}\u{2029}".unicodeScalars
    let assignments = text.unicodeScalars.split { ends.contains($0) }
      .map { line in line.drop { $0 == " " || $0 == "\t" } }
      .filter { !$0.isEmpty && $0.first != "#" }
    hold(assignments.count == read.count, "each line that is no comment is a setting")
    var anew: [String] = []
    for (key, value) in read {
      hold(Setting.all.contains { $0.key == key }, "a key is a setting's")
      let line = assignments.first {
        guard $0.starts(with: key.unicodeScalars), let next = $0.dropFirst(key.count).first else { return false }
        return [" ", "\t", "="].contains(next)
      }
      guard let line else { return hold(false, "\(key) stands in the file") }
      hold(!value.utf8.contains(0), "a value has no NUL at which C would cut it")
      hold(contains(line, value.unicodeScalars), "\(key)'s value stands in its line")
      anew.append("\(key)=\"\(value)\"")
    }
    let again = try? SettingsFile.parse(anew.joined(separator: "\n"))
    hold(again == read, "the settings, written anew, are the same")
  }

  private static func contains(_ line: Substring.UnicodeScalarView, _ value: String.UnicodeScalarView) -> Bool {
    let (line, value) = (Array(line), Array(value))
    guard line.count >= value.count else { return false }
    return (0...line.count - value.count).contains { line[$0..<$0 + value.count].elementsEqual(value) }
  }

  /// The whole configuration: read twice the same, complete where it is accepted, and silent about secrets where not.
  private static func holdConfiguration(_ text: String, _ read: [String: String]) {
    do throws(ConfigurationError) {
      let configuration = try Configuration(environment: [:], file: text, readFile: { _ in nil })
      hold(configuration.callerSecrets != nil, "no service runs without a caller's secret")
      hold((50...950).contains(configuration.deadlineMilliseconds), "the deadline is below Centrifugo's")
      hold(TokenRules.allowedLeeway.contains(configuration.tokenRules.leeway), "the leeway is minutes at most")
      let namespaces = configuration.policy.document.namespaces
      hold(
        Channel("\(namespaces.match):a", in: namespaces) == MatchID("a").map(Channel.match), "a room's name is read")
      hold((try? Configuration(environment: read, file: nil, readFile: { _ in nil })) != nil, "the environment will do")
      hold(
        (try? Configuration.migrator(environment: [:], file: text, readFile: { _ in nil })) != nil,
        "migrate reads it too")
    } catch {
      hold(!error.problems.isEmpty, "a refusal has a reason")
      for secret in [Setting.secret, .previousSecret, .tokenSecret, .database, .redis] {
        guard let value = read[secret.key], value.utf8.count >= 8, !fixedTexts.contains(value) else { continue }
        hold(!error.description.contains(value), "\(secret.key) is not repeated")
      }
    }
  }

  private static func holdSilent(_ error: ConfigurationError, on text: String) {
    for line in error.problems { hold(line.hasPrefix("line "), "a line's number is told: \(line)") }
    for word in text.split(whereSeparator: { $0.isNewline || $0 == "=" }) where word.utf8.count >= 12 {
      guard !fixedTexts.contains(word) else { continue }
      hold(!error.description.contains(word), "nothing of a line that is no setting is repeated")
    }
  }

  /// Everything that problems say by themselves.
  private static let fixedTexts: String = {
    let file = Setting.all.map { "\($0.key)=\u{1}" }.joined(separator: "\n")
    let problems = [file, ""].map { file in
      do throws(ConfigurationError) {
        _ = try Configuration(environment: [:], file: file, readFile: { _ in nil })
        return ""
      } catch {
        return error.description
      }
    }
    let lines = Setting.all.map { "line 1: \($0.key) is set twice" }
    return
      (problems + lines + [
        "line 1: want KEY=VALUE", "line 1: has a NUL", "line 1: no such setting; `proxyhooks settings` lists them",
      ])
      .joined(separator: "\n")
  }()

  /// One text as each kind of value that has a form.
  static func holdValue(_ text: String) {
    if let limit = RateLimit(text) {
      hold(RateLimit(limit.description) == limit, "a limit is read as it is printed: \(limit)")
      hold((1...1_000_000).contains(limit.count), "a limit's count")
      hold((1...86_400_000).contains(limit.periodMilliseconds), "a limit's period")
      hold(limit.cost >= 1 && limit.burst <= limit.periodMilliseconds * 1_000, "a limit's cost")
    }
    if let address = ListenAddress(text) {
      hold(ListenAddress(address.description) == address, "an address is read as it is printed: \(address)")
      hold((0...65_535).contains(address.port) && !address.host.isEmpty, "an address has a host and a port")
    }
    if let address = RedisAddress(text) {
      let names = ["redis", "redis on a unix socket"]
      hold(names.contains(address.description), "an address of Redis is printed without what is in it")
      hold(address.database >= 0, "a database has a number")
      switch address.endpoint {
      case .tcp(let host, let port): hold(!host.isEmpty && (UInt16(port) ?? 0) > 0, "a host and a port")
      case .unix(let path): hold(path.hasPrefix("/") && path.utf8.count < 108, "a path that fits a socket's address")
      }
    }
    if let name = ClientName(text) {
      hold(name.description == text && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a caller's name is ASCII")
      hold(name.matches(.dns, text.utf8) != name.matches(.uri, text.utf8), "a name is of one kind, and is itself")
    }
    _ = DatabaseSettings.isConnectionString(text)
  }
}
