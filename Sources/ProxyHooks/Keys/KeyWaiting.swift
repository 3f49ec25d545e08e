/// Who waits for a fetch of the key set, and whether one may be caused at all.
///
/// Whoever can send a token can make its `kid` up. So unknown ones together cause, or wait for, one fetch in an interval;
/// what comes while it runs waits with the others for a bounded time, and all the rest is answered at once. Decides
/// alone: ``KeyRing`` wakes and resumes.
struct KeyWaiting {
  typealias Waiter = CheckedContinuation<Void, Never>

  /// What becomes of a request that would wait.
  enum Answer: Equatable {
    /// It goes on as it is.
    case no
    /// It waits with those that do.
    case waits
    /// It is the first that waits: in this round, whose time is to be limited. Where no fetch is under way one is due.
    case begins(round: Int, fetchIsDue: Bool)
  }

  /// The most that wait at once: far below what the listener has in flight, so that they do not fill it.
  static let maximumWaiters = 512

  /// Whether somebody waits for a fetch that has not begun.
  private(set) var fetchIsDue = false
  private let interval: Duration
  private var waiters: [Waiter] = []
  private var round = 0
  private var isOpen = false
  private var isFetching = false
  private var isClosed = false
  private var quietUntil: ContinuousClock.Instant?

  /// - Parameter interval: from one fetch that was waited for to the next.
  init(interval: Duration) { self.interval = interval }

  /// How many wait.
  var waiterCount: Int { waiters.count }

  /// Takes `waiter` in, unless the answer is no.
  mutating func join(_ waiter: Waiter, at now: ContinuousClock.Instant) -> Answer {
    guard !isClosed else { return .no }
    if isOpen {
      guard waiters.count < Self.maximumWaiters else { return .no }
      waiters.append(waiter)
      return .waits
    }
    if let quietUntil, now < quietUntil { return .no }
    quietUntil = now + interval
    isOpen = true
    round += 1
    waiters.append(waiter)
    // A fetch that is under way anyway serves as well.
    fetchIsDue = !isFetching
    return .begins(round: round, fetchIsDue: fetchIsDue)
  }

  /// A fetch begins.
  mutating func fetchBegins() {
    isFetching = true
    fetchIsDue = false
  }

  /// The fetch has ended, one way or the other; its waiters are to go on.
  mutating func fetchEnds() -> [Waiter] {
    isFetching = false
    return end()
  }

  /// The time of `round` is over; its waiters are to go on, and nobody waits for its fetch any more.
  mutating func timeEnds(of round: Int) -> [Waiter] { round == self.round ? end() : [] }

  /// Nothing will be fetched any more.
  mutating func close() -> [Waiter] {
    isClosed = true
    return end()
  }

  private mutating func end() -> [Waiter] {
    isOpen = false
    defer { waiters = [] }
    return waiters
  }
}
