import Dispatch
import Synchronization

/// What was handed over and is not written yet. Whoever hands over holds the lock for the copying of one line.
final class LogInbox: Sendable {
  /// Lines one after another, and for each its length; a negative number instead of a length is how many had no room
  /// at this place.
  struct Lines {
    var bytes: [UInt8] = []
    var entries: [Int] = []

    mutating func removeAll() {
      bytes.removeAll(keepingCapacity: true)
      entries.removeAll(keepingCapacity: true)
    }
  }

  private struct State {
    var lines = Lines()
    /// Bytes that the writer has taken and that are not written.
    var heldBytes = 0
    /// Lines that are not written, taken or not.
    var waiting = 0
    /// Since the last line that had room.
    var lost = 0
    /// Whether the writer looks again without being woken.
    var isAwake = false
    var isClosing = false
  }

  private let maximumBytes: Int
  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)
  private let lostCount = Atomic<UInt64>(0)
  /// Whether the last write failed.
  let isFailing = Atomic<Bool>(false)
  /// Whether nobody waits for the writer any more.
  let isAbandoned = Atomic<Bool>(false)
  /// Whether the last line had no room.
  let isFull = Atomic<Bool>(false)
  /// Whether what waits has filled three quarters of the room and not gone below half of it since: what is under way then still
  /// finds room.
  let isFilling = Atomic<Bool>(false)

  init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

  /// Every line that had no room.
  var lost: UInt64 { lostCount.load(ordering: .relaxed) }

  /// Lines that are not written yet.
  var waitingLines: Int { state.withLock { $0.waiting } }

  /// Takes `line`; true for the first of those that have no room.
  func put(_ line: [UInt8]) -> Bool {
    let (isFirstLost, mustWake) = state.withLock { state -> (Bool, Bool) in
      guard !state.isClosing, state.lines.bytes.count + state.heldBytes + line.count <= maximumBytes else {
        lostCount.wrappingAdd(1, ordering: .relaxed)
        state.lost += 1
        return (state.lost == 1 && !isFull.exchange(true, ordering: .relaxed), false)
      }
      if state.lost > 0 {
        state.lines.entries.append(-state.lost)
        state.lost = 0
        isFull.store(false, ordering: .relaxed)
      }
      state.lines.bytes.append(contentsOf: line)
      state.lines.entries.append(line.count)
      state.waiting += 1
      if state.lines.bytes.count + state.heldBytes > maximumBytes / 4 * 3 { isFilling.store(true, ordering: .relaxed) }
      defer { state.isAwake = true }
      return (false, !state.isAwake)
    }
    if mustWake { wakeUp.signal() }
    return isFirstLost
  }

  // MARK: - For the writer

  /// Gives all that waits, for `empty`, whose room is used again.
  func take(_ empty: inout Lines) {
    empty.removeAll()
    state.withLock { state in
      swap(&state.lines, &empty)
      if state.lost > 0 {
        empty.entries.append(-state.lost)
        state.lost = 0
      }
      state.heldBytes += empty.bytes.count
    }
  }

  /// What was taken is written.
  func release(bytes: Int, lines: Int) {
    state.withLock { state in
      state.heldBytes -= bytes
      state.waiting -= lines
      if state.heldBytes + state.lines.bytes.count < maximumBytes / 2 {
        isFull.store(false, ordering: .relaxed)
        isFilling.store(false, ordering: .relaxed)
      }
    }
  }

  var isClosing: Bool { state.withLock { $0.isClosing } }

  /// No line is taken from now on.
  func close() {
    state.withLock { $0.isClosing = true }
    wakeUp.signal()
  }

  /// Waits; ``close()`` ends the wait, lines don't.
  func pause(milliseconds: Int) { _ = wakeUp.wait(timeout: .now() + .milliseconds(milliseconds)) }

  /// Waits for a line, ``close()`` or the end of the time.
  func waitForLine(milliseconds: Int) {
    let mayWait = state.withLock { state in
      state.isAwake = !state.lines.entries.isEmpty || state.lost > 0
      return !state.isAwake && !state.isClosing
    }
    if mayWait { pause(milliseconds: milliseconds) }
    state.withLock { $0.isAwake = true }
  }
}
