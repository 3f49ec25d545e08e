import Auth
import Logging
import NIOPosix
import Synchronization
import Testing

@testable import ProxyHooks

/// A clock that stands until it is set forward.
final class StandingClock: Sendable {
  private let time = Mutex(ContinuousClock.now)

  var now: ContinuousClock.Instant { time.withLock { $0 } }

  func pass(_ duration: Duration) { time.withLock { $0 += duration } }
}

/// A ring with its keeper at work.
struct Keeping: Sendable {
  let ring: KeyRing
  let counts = KeyLoadCounts()
  let clock = StandingClock()

  /// Keeps the keys of `settings` for as long as `body` runs.
  static func run(
    _ settings: KeySettings, patience: Duration = .seconds(10), log: LogLines = LogLines(),
    _ body: (Keeping) async throws -> Void
  ) async throws {
    let keeping = Keeping(settings, patience: patience)
    let keeper = KeyKeeper(
      settings, ring: keeping.ring, counts: keeping.counts, group: MultiThreadedEventLoopGroup.singleton,
      log: Logger(label: "test", factory: { _ in log }))
    let task = Task { try await keeper.run() }
    do {
      try await body(keeping)
    } catch {
      task.cancel()
      try await task.value
      throw error
    }
    task.cancel()
    try await task.value
  }

  private init(_ settings: KeySettings, patience: Duration) {
    ring = KeyRing(settings, rules: TokenRules(), patience: patience, now: { [clock] in clock.now })
  }

  /// What the ring says of a token, in a word.
  func verdict(_ token: [UInt8]) async -> String {
    switch await ring.verify(token, now: Installation.now) {
    case .good(let claims): claims.subject.text
    case .refused(let refusal): refusal.reason.rawValue
    case .undecided(let doubt): doubt.rawValue
    }
  }

  /// Waits until the source was asked so often with this outcome.
  func reach(
    _ count: UInt64, _ outcome: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let isReached = await eventually { counts.value(of: outcome) >= count }
    try #require(isReached, "\(counts.value(of: outcome)) times \(outcome)", sourceLocation: sourceLocation)
  }

  /// How often the source was asked, whatever came of it.
  var loads: UInt64 { KeyLoadCounts.outcomes.reduce(0) { $0 + counts.value(of: $1) } }
}

extension KeySettings {
  /// An issuer on this machine that is asked every hour, and once an hour for unknown keys, unless told otherwise.
  static func issuer(
    _ issuer: StubIssuer, port: Int? = nil, secret: KeySet? = nil, change: (inout KeyTiming) -> Void = { _ in }
  ) throws -> KeySettings {
    var timing = KeyTiming(interval: .seconds(3_600), unknownInterval: .seconds(3_600), maximumAge: .seconds(86_400))
    change(&timing)
    let address = try #require(KeyAddress("http://127.0.0.1:\(port ?? issuer.port)/keys"))
    return KeySettings(secret: secret, source: .issuer(KeyIssuer(address: address, timing: timing)))
  }
}

/// A log that is kept.
struct LogLines: LogHandler {
  var logLevel = Logger.Level.debug
  var metadata = Logger.Metadata()
  private let kept = Kept()

  private final class Kept: Sendable {
    let lines = Mutex<[String]>([])
  }

  var lines: [String] { kept.lines.withLock { $0 } }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    kept.lines.withLock { $0.append("\(event.level) \(event.message)\(fields)") }
  }
}
