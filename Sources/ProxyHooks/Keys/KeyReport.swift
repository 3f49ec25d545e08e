import Auth
import Logging

/// Says in the log what becomes of the key set. A failure that stays the same is said once in ten minutes.
struct KeyReport {
  private static let interval = Duration.seconds(600)
  /// A document can have as many bad keys as it may have keys.
  private static let maximumSkipped = 8

  private let setting: Setting
  private let log: Logger
  private var failure: KeyLoadFailure.Kind?
  private var quietUntil: ContinuousClock.Instant?

  init(setting: Setting, log: Logger) {
    self.setting = setting
    self.log = log
  }

  mutating func say(_ result: KeyLoad, of ring: KeyRing) {
    switch result {
    case .failed(let failure): say(failure, of: ring)
    case .unchanged: sayRecovered()
    case .replaced(let keys):
      sayRecovered()
      log.notice("token keys are new", metadata: ["setting": "\(setting.key)", "keys": "\(keys.count)"])
      Self.saySkipped(keys, log: log)
    }
  }

  /// The keys that a set has and that are not used.
  static func saySkipped(_ keys: KeySet, log: Logger) {
    guard !keys.skipped.isEmpty else { return }
    let some = keys.skipped.prefix(maximumSkipped).map(\.description).joined(separator: ", ")
    log.warning(
      "keys of the JWK set are not used", metadata: ["count": "\(keys.skipped.count)", "why": "\(some)"])
  }

  private mutating func say(_ failure: KeyLoadFailure, of ring: KeyRing) {
    let now = ring.time
    if failure.kind == self.failure, let quietUntil, now < quietUntil { return }
    self.failure = failure.kind
    quietUntil = now + Self.interval
    var metadata: Logger.Metadata = ["setting": "\(setting.key)", "why": "\(failure)"]
    if let age = ring.age { metadata["age_seconds"] = "\(age.components.seconds)" }
    guard let remaining = ring.remaining else {
      let text = ring.age == nil ? "token keys could not be had yet" : "token keys could not be had; the last ones stay"
      return log.warning("\(text)", metadata: metadata)
    }
    metadata["trusted_for_seconds"] = "\(remaining.components.seconds)"
    if remaining > .zero {
      log.warning("token keys could not be had; the last ones stay", metadata: metadata)
    } else {
      log.error("token keys could not be had; the last ones are too old to be believed", metadata: metadata)
    }
  }

  private mutating func sayRecovered() {
    guard failure != nil else { return }
    failure = nil
    quietUntil = nil
    log.notice("token keys can be had again", metadata: ["setting": "\(setting.key)"])
  }
}

extension KeySettings {
  /// Says at the start which keys of a file are not used.
  func warn(_ log: Logger) {
    if case .file(_, _, let keys, _) = source { KeyReport.saySkipped(keys, log: log) }
  }
}
