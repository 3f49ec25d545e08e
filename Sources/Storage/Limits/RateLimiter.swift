public import Logging
import Synchronization

/// Counts events against their limits: in Redis for all instances together, or here alone while Redis does not answer.
public final class RateLimiter: Sendable {
  private let lane: Lane<LimitWorker>
  private let local = LocalLimiter()
  private let milliseconds: Int
  private let log: Logger
  private let isLocal = Atomic<Bool>(false)

  /// - Parameter milliseconds: how long Redis may take. Well below the hooks' deadline, since after it the decision is
  ///   still to be stored.
  public init(address: RedisAddress, milliseconds: Int = 150, limits: LaneLimits = LaneLimits(), log: Logger)
    throws(StorageError)
  {
    self.milliseconds = milliseconds
    self.log = log
    var limits = limits
    limits.leastMilliseconds = milliseconds / 5
    lane = try Lane(name: "redis-limits", limits: limits, log: log) { deadline throws(StorageError) in
      try LimitWorker(address, by: deadline)
    }
  }

  deinit { close() }

  /// Counts `event` if all of its limits let it pass. Always answers.
  public func verdict(on event: LimitedEvent, by deadline: Deadline) async -> LimitVerdict {
    if event.limits.isEmpty { return LimitVerdict(reached: nil, retryAfterMilliseconds: 0, source: .none) }
    do throws(StorageError) {
      let own = Deadline.after(milliseconds: milliseconds).orEarlier(deadline)
      let verdict = try await lane.submit(event, by: own)
      note(isLocal: false)
      return verdict
    } catch {
      // A full queue, or too little time, is this instance's load and says nothing of Redis.
      if error.kind != .overloaded && error.kind != .expired { note(isLocal: true) }
      return local.verdict(on: event, now: Int(Deadline.now / 1_000))
    }
  }

  /// Whether the last event was counted here alone.
  public var countsLocally: Bool { isLocal.load(ordering: .relaxed) }

  /// Ends the lane once what is queued is done.
  public func close() { lane.close() }

  /// How the lane is doing.
  public var status: LaneStatus { lane.status }

  private func note(isLocal now: Bool) {
    guard isLocal.exchange(now, ordering: .relaxed) != now else { return }
    if now {
      log.warning("limits are counted by this instance alone: Redis does not answer")
    } else {
      log.notice("limits are counted in Redis again")
    }
  }
}
