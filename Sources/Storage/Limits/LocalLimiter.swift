import Synchronization

/// The same algorithm as `gcra.lua`, counted in this process by its monotonic clock: what holds while Redis does not.
///
/// Its memory is bounded. With every place taken by a limit in use, new owners are refused: a flood of them must not buy
/// anybody a fresh burst.
final class LocalLimiter: Sendable {
  private struct State {
    /// For each key the monotonic microsecond at which its limit is unused again.
    var unusedAt: [String: Int] = [:]
    var sweepAt = 0
  }

  private static let sweepEveryMicroseconds = 1_000_000
  private let places: Int
  private let state = Mutex(State())

  init(places: Int = 100_000) { self.places = places }

  /// Counts `event` if all of its limits let it pass; `now` in monotonic microseconds.
  func verdict(on event: LimitedEvent, now: Int) -> LimitVerdict {
    state.withLock { state in
      if state.unusedAt.count >= places && now >= state.sweepAt {
        state.unusedAt = state.unusedAt.filter { $0.value > now }
        state.sweepAt = now + Self.sweepEveryMicroseconds
      }
      let keys = event.keys
      var after: [Int] = []
      var reached: (name: String, wait: Int)?
      var (fullest, fullness): (Int?, Int) = (nil, 0)
      for (place, (limit, key)) in zip(event.limits, keys).enumerated() {
        let known = state.unusedAt[key]
        if known == nil && state.unusedAt.count >= places {
          reached = (limit.name, Self.sweepEveryMicroseconds)
          continue
        }
        let next = max(known ?? now, now) + limit.rate.cost
        let full = min(next - now, limit.rate.burst) * 1_000 / limit.rate.burst
        if full > fullness { (fullest, fullness) = (place, full) }
        let early = next - limit.rate.burst - now
        if early > (reached?.wait ?? 0) { reached = (limit.name, early) }
        after.append(next)
      }
      if let reached {
        return LimitVerdict(
          reached: reached.name, retryAfterMilliseconds: (reached.wait + 999) / 1_000, source: .local, fullest: fullest,
          fullness: fullness)
      }
      for (key, next) in zip(keys, after) { state.unusedAt[key] = next }
      return LimitVerdict(
        reached: nil, retryAfterMilliseconds: 0, source: .local, fullest: fullest, fullness: fullness)
    }
  }
}
