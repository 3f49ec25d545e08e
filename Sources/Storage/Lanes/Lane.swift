import Logging
import Synchronization

/// One connection, one thread, one queue: what waits while a batch is in flight makes the next batch.
///
/// There is no timer and no added delay: an idle lane runs a single job at once, and under load the batches grow by
/// themselves. Without a connection, with a full queue, or where its turn would come too late, a job is refused at once
/// instead of waiting for its deadline.
///
/// What a batch has done is told once the next one is on its way, so that the server does not wait while its last batch is
/// told. Where nothing waits, it is told at once.
///
/// Every job submitted is answered exactly once. A batch in flight ends by the earliest of its deadlines; when it ends
/// badly, what waits behind it is refused with it, so nothing outlives its deadline unseen.
final class Lane<Worker: LaneWorker>: Sendable {
  /// Makes a connected worker by the deadline given, on the lane's thread.
  typealias Connect = @Sendable (Deadline) throws(StorageError) -> Worker
  private typealias Answer = Result<Worker.Outcome, StorageError>

  /// A class, as it is moved from array to array: each copy of a generic struct would look up the types of its parts.
  private final class Pending: Sendable {
    let job: Worker.Job
    let deadline: Deadline
    let continuation: CheckedContinuation<Answer, Never>

    init(job: Worker.Job, deadline: Deadline, continuation: CheckedContinuation<Answer, Never>) {
      self.job = job
      self.deadline = deadline
      self.continuation = continuation
    }
  }

  /// Batches that are done and whose jobs are not told yet.
  private struct Finished: ~Copyable {
    private var batches: [(jobs: [Pending], outcomes: [Worker.Outcome])] = []

    mutating func append(_ jobs: [Pending], _ outcomes: [Worker.Outcome]) { batches.append((jobs, outcomes)) }

    mutating func tell() {
      for (jobs, outcomes) in batches {
        for (pending, outcome) in zip(jobs, outcomes) { pending.continuation.resume(returning: .success(outcome)) }
      }
      batches = []
    }
  }

  private struct State {
    var queue: [Pending] = []
    var isConnected = false
    var isClosing = false
    /// Whether the thread is in, or on its way into, the wait that only a wake-up ends.
    var isIdle = false
    var failure: StorageError?
    var pace = Pace()
    var batches: UInt64 = 0
    var jobs: UInt64 = 0
  }

  private let name: String
  private let limits: LaneLimits
  private let connect: Connect
  private let wakeUp: WakeUp
  private let log: Logger
  private let state = Mutex(State())

  /// A lane whose thread starts to connect at once.
  init(name: String, limits: LaneLimits, log: Logger, connect: @escaping Connect) throws(StorageError) {
    guard let wakeUp = WakeUp() else { throw StorageError(.unavailable) }
    self.name = name
    self.limits = limits
    self.connect = connect
    self.wakeUp = wakeUp
    self.log = log
    guard LaneThread.start(name: name, { self.serve() }) else { throw StorageError(.unavailable) }
  }

  /// Queues `job` and returns its outcome.
  func submit(_ job: Worker.Job, by deadline: Deadline) async throws(StorageError) -> Worker.Outcome {
    let answer: Answer = await withCheckedContinuation { continuation in
      let pending = Pending(job: job, deadline: deadline, continuation: continuation)
      let (refusal, mustWake) = state.withLock { state -> (StorageError?, Bool) in
        if let refusal = self.refusal(state, by: deadline) { return (refusal, false) }
        state.queue.append(pending)
        let mustWake = state.isIdle
        state.isIdle = false
        return (nil, mustWake)
      }
      if let refusal { continuation.resume(returning: .failure(refusal)) }
      if mustWake { wakeUp.signal() }
    }
    return try answer.get()
  }

  /// Why a job submitted now would be refused at once; nil where it would be taken.
  func refusal(by deadline: Deadline) -> StorageError? { state.withLock { refusal($0, by: deadline) } }

  private func refusal(_ state: State, by deadline: Deadline) -> StorageError? {
    if !state.isConnected || state.isClosing { return StorageError(.unavailable) }
    if state.queue.count >= limits.waiting { return StorageError(.overloaded) }
    let isTooLate = state.pace.isTooSlow(
      for: state.queue.count, inBatchesOf: limits.batch, left: deadline.nanosecondsLeft)
    return isTooLate ? StorageError(.overloaded) : nil
  }

  /// Lets what is queued finish, then ends the thread and its connection.
  func close() {
    state.withLock { $0.isClosing = true }
    wakeUp.signal()
  }

  /// Whether it takes work at the moment.
  var isConnected: Bool { state.withLock { $0.isConnected } }

  /// How the lane is doing.
  var status: LaneStatus {
    state.withLock {
      LaneStatus(
        name: name, isConnected: $0.isConnected, waiting: $0.queue.count, batches: $0.batches, jobs: $0.jobs,
        failure: $0.failure)
    }
  }

  // MARK: - On the lane's thread

  private func serve() {
    var backoff = Backoff()
    while !state.withLock({ $0.isClosing }) {
      do throws(StorageError) {
        let worker = try connect(.after(milliseconds: limits.connectMilliseconds))
        let reconnected = state.withLock { state in
          state.isConnected = true
          defer { state.failure = nil }
          return state.failure != nil
        }
        if reconnected { log.notice("connection is back", metadata: ["lane": "\(name)"]) }
        if let failure = work(with: worker, backoff: &backoff) { lost(failure) }
      } catch {
        lost(error)
      }
      if !state.withLock({ $0.isClosing }) { pause(milliseconds: backoff.next()) }
    }
    lost(StorageError(.unavailable))
  }

  /// Runs batches until the connection fails, which is returned, or the lane closes (nil).
  private func work(with worker: Worker, backoff: inout Backoff) -> StorageError? {
    var finished = Finished()
    defer { finished.tell() }
    while true {
      if state.withLock({ $0.queue.isEmpty }) { finished.tell() }
      let batch = takeBatch()
      if batch.isEmpty {
        if state.withLock({ $0.isClosing && $0.queue.isEmpty }) { return nil }
        let ready = Readiness.waitIdle(wakeUp.descriptor, worker.descriptor)
        if ready.first { wakeUp.reset() }
        if ready.second && !worker.isAliveWhenIdle() { return StorageError(.connectionLost) }
        continue
      }
      if let failure = run(batch, with: worker, after: &finished) { return failure }
      backoff.reset()
    }
  }

  /// Takes what waits, up to a batch; an empty batch means that the lane counts as idle from now on.
  private func takeBatch() -> [Pending] {
    state.withLock { state in
      let count = min(state.queue.count, limits.batch)
      state.isIdle = count == 0 && !state.isClosing
      guard count > 0 else { return [] }
      if count == state.queue.count {
        defer { state.queue = [] }
        return state.queue
      }
      defer { state.queue.removeFirst(count) }
      return Array(state.queue.prefix(count))
    }
  }

  /// Runs one batch; returns the failure that broke the connection, if one did.
  ///
  /// - Parameter finished: what was done before, which is told meanwhile, and after that what this batch has done. Who is
  ///   refused is told at once.
  private func run(_ taken: [Pending], with worker: Worker, after finished: inout Finished) -> StorageError? {
    let latest = Deadline.after(milliseconds: limits.leastMilliseconds)
    var batch: [Pending] = []
    batch.reserveCapacity(taken.count)
    for pending in taken {
      // Begun with too little time it would end by its deadline and take the connection, and the batch, with it.
      if pending.deadline < latest {
        pending.continuation.resume(returning: .failure(StorageError(.expired)))
      } else {
        batch.append(pending)
      }
    }
    guard let deadline = batch.lazy.map(\.deadline).min() else {
      finished.tell()
      return nil
    }

    let start = Deadline.now
    let result = worker.run(batch.map(\.job), by: deadline, onceSent: { finished.tell() })
    finished.tell()  // where nothing was sent
    let took = Deadline.now - start
    state.withLock {
      $0.pace.note(nanoseconds: took)
      $0.batches += 1
      $0.jobs += UInt64(batch.count)
    }
    switch result {
    case .done(let outcomes) where outcomes.count == batch.count:
      finished.append(batch, outcomes)
      return nil
    case .done:
      answer(batch, StorageError(.unexpected))
      return StorageError(.unexpected)
    case .refused(let failure) where failure.isOfAValue && batch.count > 1:
      // One job's fault must not be everybody's: each for itself, as long as there is time.
      for (place, pending) in batch.enumerated() {
        guard let failure = run([pending], with: worker, after: &finished) else { continue }
        answer(Array(batch[(place + 1)...]), StorageError(.unavailable))
        return failure
      }
      return nil
    case .refused(let failure):
      log.error("batch refused", metadata: ["lane": "\(name)", "failure": "\(failure)", "jobs": "\(batch.count)"])
      answer(batch, failure)
      return nil
    case .broken(let failure):
      answer(batch, failure)
      return failure
    }
  }

  private func answer(_ batch: [Pending], _ failure: StorageError) {
    for pending in batch { pending.continuation.resume(returning: .failure(failure)) }
  }

  /// Takes the lane out of service and refuses what waits; says so once per outage.
  private func lost(_ failure: StorageError) {
    let (waiting, isNews) = state.withLock { state in
      defer {
        state.queue = []
        state.isConnected = false
        state.isIdle = false
        state.failure = failure
      }
      return (state.queue, state.failure != failure && !state.isClosing)
    }
    if isNews { log.error("no connection", metadata: ["lane": "\(name)", "failure": "\(failure)"]) }
    answer(waiting, StorageError(.unavailable))
  }

  /// Waits before the next attempt; ``close()`` ends the wait.
  private func pause(milliseconds: Int) {
    if Readiness.wait(for: wakeUp.descriptor, .readable, by: .after(milliseconds: milliseconds)) { wakeUp.reset() }
  }
}
