import ArgumentParser
import Audit
import Foundation
import Glibc
import ProxyHooks
import Storage
import StrictJSON

struct AuditQuery: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Prints the decisions of a log that are asked for, as they were written.",
    discussion: """
      Texts are compared to the byte. Times are RFC 3339 (2026-01-31, 2026-01-31T09:05Z, 2026-01-31T10:05:00+01:00), or how \
      long ago: 90s, 15m, 2h, 3d. What was asked for must hold all together. Whether the log was touched is not looked at: \
      `audit verify` does.
      """)

  @OptionGroup var source: AuditSource

  @Option(help: "The user.") var user: String?
  @Option(help: "The channel.") var channel: String?
  @Option(help: "The match, by its id.") var match: String?
  @Option(help: "connect, refresh, subscribe, sub_refresh, publish or rpc.") var hook: String?
  @Option(help: "The method of rpc.") var method: String?
  @Option(help: "allow, deny, error or disconnect.") var outcome: String?
  @Option(help: "The code that the client got, by its name.") var code: String?
  @Option(help: "The policy's rule.") var rule: String?
  @Option(help: "The reason.") var reason: String?
  @Option(help: "Centrifugo's id of the connection.") var client: String?
  @Option(help: "The policy's version.") var policy: String?
  @Option(help: ArgumentHelp("Not before.", valueName: "time")) var since: String?
  @Option(help: ArgumentHelp("Before.", valueName: "time")) var until: String?
  @Flag(help: "Only where rules in shadow would have decided otherwise.") var shadowDiffers = false
  @Option(help: "The most decisions, the earliest first.") var limit: Int?
  @Flag(help: "Print how many there are.") var count = false
  @Flag(help: "Print a table for reading.") var table = false

  func validate() throws {
    if let limit { guard limit > 0 else { throw ValidationError("--limit: want at least 1") } }
    for (name, values, text) in [
      ("--hook", HookKind.allCases.map(\.rawValue), hook), ("--outcome", HookOutcome.allCases.map(\.rawValue), outcome),
    ] {
      if let text, !values.contains(text) {
        throw ValidationError("\(name): want one of \(values.joined(separator: ", "))")
      }
    }
    for (name, text) in [("--since", since), ("--until", until)] {
      if let text, AuditTime.text(text) == nil {
        throw ValidationError("\(name): want a time, such as 2026-01-31T09:05Z, or 2h")
      }
    }
  }

  private var filter: DecisionFilter {
    var filter = DecisionFilter()
    let texts: KeyValuePairs<String, String?> = [
      "user": user, "channel": channel, "hook": hook, "method": method, "outcome": outcome, "code": code, "rule": rule,
      "reason": reason, "client": client, "policy": policy,
    ]
    filter.texts = texts.compactMap { field, text in text.map { (field, $0) } }
    filter.match = match
    filter.since = since.flatMap { AuditTime.text($0) }
    filter.until = until.flatMap { AuditTime.text($0) }
    filter.shadowDiffers = shadowDiffers
    return filter
  }

  func run() throws {
    let filter = filter
    var found = 0
    if table && !count { try StandardStreams.print(DecisionText.head) }
    func take(_ line: ArraySlice<UInt8>) throws -> Bool {
      guard let json = DecisionFilter.decision(line), filter.matches(json) else { return true }
      found += 1
      if !count {
        try StandardStreams.print(table ? DecisionText.row(json) : String(decoding: line, as: UTF8.self))
      }
      return limit.map { found < $0 } ?? true
    }
    try AuditSource.reading {
      if source.database {
        var search = DecisionReader.Search()
        (search.since, search.until) = (filter.since, filter.until)
        (search.hook, search.user, search.outcome) = (hook, user, outcome)
        try DecisionReader(url: source.options.keeping().databaseURL).decisions(search) {
          try take(Array($0.utf8)[...])
        }
      } else {
        var progress = Progress()
        defer { progress.end() }
        for (path, name) in try source.files() {
          let descriptor = try AuditSource.open(path)
          defer { close(descriptor) }
          var goesOn = true
          _ = try LogLines.read(descriptor, named: name, progress: { progress.add($0) }) { line, _ in
            goesOn = try take(line)
            return goesOn
          }
          if !goesOn { break }
        }
      }
    }
    if count { try StandardStreams.print("\(found)") }
  }
}

/// Times as a person gives them.
enum AuditTime {
  /// The time as the log spells it; nil for what is no time.
  static func text(_ text: String, now: Date = Date()) -> String? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    if let last = text.last, let unit = units[last], let number = UInt32(text.dropLast()) {
      return spelled(now.addingTimeInterval(-Double(number) * unit))
    }
    let forms = [
      "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmXXXXX", "yyyy-MM-dd'T'HH:mm:ssXXXXX", "yyyy-MM-dd'T'HH:mm:ss.SSSXXXXX",
    ]
    for form in forms {
      let formatter = formatter(form)
      if let date = formatter.date(from: text) { return spelled(date) }
    }
    return nil
  }

  private static func spelled(_ date: Date) -> String { formatter("yyyy-MM-dd'T'HH:mm:ss.SSSXXXXX").string(from: date) }

  private static func formatter(_ form: String) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = form
    return formatter
  }
}
