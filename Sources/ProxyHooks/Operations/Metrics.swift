import Synchronization

/// The service's numbers, counted without locks and read as Prometheus' text.
///
/// Every label's values come from a fixed set, so what clients send never makes a new series.
public final class Metrics: Sendable {
  private struct Gauge {
    var name: String
    var type: String
    var help: String
    var labels: String
    var value: @Sendable () -> Double
  }

  private let replies: [Counter]
  private let durations: [Histogram]
  private let refusals: [Counter]
  private let gauges = Mutex<[Gauge]>([])
  private let startTime = UTCTime.now
  private let version: String

  /// All zero. `version` is the build's own.
  public init(version: String) {
    self.version = version
    replies = (0..<HookKind.allCases.count * HookOutcome.allCases.count * Self.codeNames.count).map { _ in Counter() }
    durations = HookKind.allCases.map { _ in Histogram() }
    refusals = HTTPRefusal.allCases.map { _ in Counter() }
  }

  /// Counts a hook.
  public func count(_ record: HookRecord) {
    let code = record.code.flatMap { Self.codePlaces[$0.number] } ?? 0
    replies[Self.place(record.hook, record.outcome, code)].increment()
    durations[Self.place(record.hook)].observe(microseconds: record.durationMicroseconds)
  }

  /// Adds a number that is asked for whenever the metrics are read. To be called before serving begins.
  ///
  /// - Parameters:
  ///   - name: the series' name, of the grammar `[a-zA-Z_][a-zA-Z0-9_]*`.
  ///   - help: what it says, in a line.
  ///   - labels: names and values, the values from a fixed set.
  ///   - value: called on an event loop; it must not block.
  public func addGauge(
    _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
    value: @escaping @Sendable () -> Double
  ) {
    add(name, "gauge", help, labels, value)
  }

  /// Adds a number that only grows, with the same rules as ``addGauge(_:help:labels:value:)``.
  public func addCounter(
    _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
    value: @escaping @Sendable () -> Double
  ) {
    add(name, "counter", help, labels, value)
  }

  private func add(
    _ name: String, _ type: String, _ help: String, _ labels: KeyValuePairs<String, String>,
    _ value: @escaping @Sendable () -> Double
  ) {
    let text = labels.map { "\($0.key)=\"\(MetricsText.escaped($0.value))\"" }.joined(separator: ",")
    gauges.withLock { $0.append(Gauge(name: name, type: type, help: help, labels: text, value: value)) }
  }

  /// A request was turned away.
  func refused(_ refusal: HTTPRefusal) { refusals[Self.place(refusal)].increment() }

  /// Everything in the text exposition format, version 0.0.4. Counters that are still 0 are left out where their series
  /// has labels of hooks.
  public var text: String {
    var text = MetricsText()
    text.family("proxyhooks_hook_replies_total", "counter", "Hooks answered, by event, outcome and code.")
    for hook in HookKind.allCases {
      for outcome in HookOutcome.allCases {
        for (code, name) in Self.codeNames.enumerated() {
          let count = replies[Self.place(hook, outcome, code)].value
          guard count > 0 else { continue }
          text.sample("hook=\"\(hook.rawValue)\",outcome=\"\(outcome.rawValue)\",code=\"\(name)\"", count)
        }
      }
    }
    text.family(
      "proxyhooks_hook_duration_seconds", "histogram", "Time from a request read to its answer made, by event.")
    for (hook, histogram) in zip(HookKind.allCases, durations) {
      text.histogram("hook=\"\(hook.rawValue)\"", histogram)
    }
    text.family("proxyhooks_http_refused_total", "counter", "HTTP requests turned away, by status.")
    for status in HTTPStatus.allCases {
      let these = zip(HTTPRefusal.allCases, refusals).filter { $0.0.status == status }
      guard !these.isEmpty else { continue }
      text.sample("status=\"\(status.rawValue)\"", these.reduce(0) { $0 + $1.1.value })
    }
    let gauges = gauges.withLock { $0 }
    var named: Set<String> = []
    for gauge in gauges where named.insert(gauge.name).inserted {
      text.family(gauge.name, gauge.type, gauge.help)
      for other in gauges where other.name == gauge.name { text.sample(other.labels, other.value()) }
    }
    text.family("process_start_time_seconds", "gauge", "When the process started, in Unix seconds.")
    text.sample("", Double(startTime.seconds) + Double(startTime.milliseconds) / 1_000)
    text.family("proxyhooks_build_info", "gauge", "The build, as a label; always 1.")
    text.sample("version=\"\(MetricsText.escaped(version))\"", UInt64(1))
    return text.text
  }

  /// The values of the label `code`; place 0 is for hooks that ended without one.
  private static let codeNames = ["none"] + Code.all.map(\.name)
  private static let codePlaces = Dictionary(
    Code.all.enumerated().map { ($1.number, $0 + 1) }, uniquingKeysWith: { first, _ in first })

  private static func place(_ hook: HookKind, _ outcome: HookOutcome, _ code: Int) -> Int {
    (place(hook) * HookOutcome.allCases.count + place(outcome)) * codeNames.count + code
  }

  /// A value's place among all of its type.
  private static func place<Value: CaseIterable & Equatable>(_ value: Value) -> Int {
    Value.allCases.enumerated().first { $0.element == value }?.offset ?? 0
  }
}
