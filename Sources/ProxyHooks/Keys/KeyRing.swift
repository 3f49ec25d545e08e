public import Auth
import Synchronization

/// The keys that tokens are verified with now.
///
/// A set is replaced whole, so a key that its issuer withdrew is gone with the next. Reading it is one lock that is held
/// for a few instructions; waiting for a newer one is for tokens alone whose `kid` is not in it.
public final class KeyRing: Sendable {
  /// A set that can be believed. An object, so that reading it under the lock counts one reference and no more.
  private final class Trusted: Sendable {
    let verifier: TokenVerifier
    let count: Int
    /// When its source was asked for it: what the source changed later is not in it.
    let asked: ContinuousClock.Instant

    init(_ verifier: TokenVerifier, count: Int, asked: ContinuousClock.Instant) {
      self.verifier = verifier
      self.count = count
      self.asked = asked
    }
  }

  private let rules: TokenRules
  private let secret: KeySet?
  /// What verifies while there is no set to be believed: the secret's tokens alone, and by their `kid`, as beside a set.
  private let fallback: TokenVerifier?
  private let timing: KeyTiming?
  private let patience: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private let trusted: Mutex<Trusted?>
  private let waiting: Mutex<KeyWaiting>
  private let sleep = Mutex<Task<Void, Never>?>(nil)
  private let hasFailed = Atomic<Bool>(false)

  /// - Parameters:
  ///   - rules: what tokens must hold to beyond their signature.
  ///   - patience: how long a request may wait for a fetch.
  ///   - now: the time that ages are measured in; it goes on while the machine sleeps.
  public init(
    _ settings: KeySettings, rules: TokenRules, patience: Duration = .milliseconds(400),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    self.rules = rules
    self.patience = patience
    self.now = now
    secret = settings.secret
    if case .issuer(let issuer) = settings.source { timing = issuer.timing } else { timing = nil }
    fallback = settings.atHand.map { TokenVerifier(keys: $0, rules: rules) }
    waiting = Mutex(KeyWaiting(interval: timing?.unknownInterval ?? .zero))
    trusted = Mutex(
      settings.known.map { Trusted(TokenVerifier(keys: $0, rules: rules), count: $0.count, asked: now()) })
  }

  /// What `token` says, or why it is refused, or that neither can be said for now. Where the keys are an issuer's and
  /// the token's is not among them, this waits for at most the patience.
  ///
  /// - Parameter time: Unix time, in seconds.
  func verify(_ token: [UInt8], now time: Int64) async -> TokenVerdict {
    let verdict = look(at: token, now: time)
    guard timing != nil, verdict.dependsOnMissingKey, await newerSet() else { return verdict }
    return look(at: token, now: time)
  }

  private func look(at token: [UInt8], now time: Int64) -> TokenVerdict {
    let trusted = current
    guard let verifier = trusted?.verifier ?? fallback else { return .undecided(.noKeys) }
    do throws(TokenRefusal) {
      return .good(try verifier.verify(token, now: time))
    } catch {
      guard error.reason.isOfKeys, let timing else { return .refused(error) }
      guard let trusted else { return .undecided(.noKeys) }
      // For good only by a set that is about as new as can be had: a client does not come back from that.
      return trusted.asked + timing.unknownInterval > now() ? .refused(error) : .undecided(.keyUnconfirmed)
    }
  }

  /// The set, unless it is too old to be believed.
  private var current: Trusted? {
    guard let trusted = trusted.withLock({ $0 }) else { return nil }
    guard let timing else { return trusted }
    return now() < trusted.asked + timing.maximumAge ? trusted : nil
  }

  /// Waits for a fetch, if one may be waited for; false where not.
  private func newerSet() async -> Bool {
    var answer = KeyWaiting.Answer.no
    await withCheckedContinuation { continuation in
      answer = waiting.withLock { $0.join(continuation, at: now()) }
      switch answer {
      case .no: continuation.resume()
      case .waits: break
      case .begins(let round, let fetchIsDue):
        if fetchIsDue { sleep.withLock { $0?.cancel() } }
        Task {
          try? await Task.sleep(for: patience)
          resume(waiting.withLock { $0.timeEnds(of: round) })
        }
      }
    }
    return answer != .no
  }

  private func resume(_ waiters: [KeyWaiting.Waiter]) {
    for waiter in waiters { waiter.resume() }
  }
}

// What the keeper does with it.
extension KeyRing {
  /// All keys of a document and the secret's. Slow: to be called where seconds do no harm.
  func keys(of document: [UInt8]) throws(KeyError) -> KeySet {
    let isPublished = timing != nil
    let keys = try KeySet(jwksFile: document, allowed: KeySettings.algorithms, isPublished: isPublished)
    return try secret.map { secret throws(KeyError) in try KeySet(merging: [secret, keys]) } ?? keys
  }

  /// Takes `keys` in place of what there was.
  func replace(by keys: KeySet, asked: ContinuousClock.Instant) {
    let new = Trusted(TokenVerifier(keys: keys, rules: rules), count: keys.count, asked: asked)
    trusted.withLock { $0 = new }
  }

  /// The source said the same as before.
  func confirm(asked: ContinuousClock.Instant) {
    trusted.withLock { trusted in
      trusted = trusted.map { Trusted($0.verifier, count: $0.count, asked: asked) }
    }
  }

  /// The source is being asked.
  func fetchBegins() { waiting.withLock { $0.fetchBegins() } }

  /// The source has answered, or has not.
  func fetchEnds(failed: Bool) {
    hasFailed.store(failed, ordering: .relaxed)
    resume(waiting.withLock { $0.fetchEnds() })
  }

  /// Nobody waits any more.
  func close() { resume(waiting.withLock { $0.close() }) }

  /// Waits for `duration`, or until a request wants a fetch.
  func pause(for duration: Duration) async {
    let task = Task { () -> Void in try? await Task.sleep(for: duration) }
    sleep.withLock { $0 = task }
    if waiting.withLock(\.fetchIsDue) { task.cancel() }
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }
}

// What operators see of it.
extension KeyRing {
  /// How many requests wait for a fetch.
  var waiterCount: Int { waiting.withLock(\.waiterCount) }

  /// How many keys are believed now, the secret among them.
  var count: Int { current?.count ?? secret?.count ?? 0 }

  /// Whether the last question had no good answer.
  var lastLoadFailed: Bool { hasFailed.load(ordering: .relaxed) }

  /// The time that ages are measured in.
  var time: ContinuousClock.Instant { now() }

  /// How long ago the source was asked for the newest set; nil before there was one.
  var age: Duration? { trusted.withLock { $0?.asked }.map { now() - $0 } }

  /// For how long the newest set will be believed where none follows; nil without end, or without a set.
  var remaining: Duration? {
    guard let timing, let age else { return nil }
    return max(.zero, timing.maximumAge - age)
  }
}
