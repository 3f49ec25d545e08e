import Synchronization

/// The last decisions, and how many there were in each of the last minutes, in a bounded memory.
final class DecisionRing: Sendable {
  /// What was decided in one minute.
  struct Minute: Hashable, Sendable {
    /// The minute's first second, in Unix seconds.
    let start: Int64
    /// By the place of the outcome among all of them.
    var outcomes = [Int](repeating: 0, count: HookOutcome.allCases.count)
    /// How many the rules in shadow would have decided otherwise.
    var shadow = 0
  }

  private struct State {
    var rows: [DecisionRow] = []
    /// Where the next row goes, once all places are taken.
    var next = 0
    var minutes: [Minute] = []
  }

  /// How many decisions are kept.
  let places: Int
  /// How many minutes are counted.
  static let minutes = 10
  private let state = Mutex(State())

  init(places: Int = 1_000) { self.places = places }

  /// Keeps a decision.
  func add(_ record: HookRecord, at time: UTCTime = .now) {
    let row = DecisionRow(record, at: time)
    let start = time.seconds - time.seconds % 60
    state.withLock { state in
      if state.rows.count < places {
        state.rows.append(row)
      } else {
        state.rows[state.next] = row
        state.next = (state.next + 1) % places
      }
      // A clock that was set back adds to the minute that it was in.
      if state.minutes.last.map({ $0.start < start }) ?? true {
        if state.minutes.count == Self.minutes { state.minutes.removeFirst() }
        state.minutes.append(Minute(start: start))
      }
      let last = state.minutes.count - 1
      state.minutes[last].outcomes[HookOutcome.allCases.firstIndex(of: row.outcome) ?? 0] += 1
      if !row.shadow.isEmpty { state.minutes[last].shadow += 1 }
    }
  }

  /// What is kept, the newest first.
  var latest: [DecisionRow] { state.withLock { Array(($0.rows[$0.next...] + $0.rows[..<$0.next]).reversed()) } }

  /// The minutes in which something was decided, the newest first.
  func counts(at time: UTCTime = .now) -> [Minute] {
    let first = time.seconds - time.seconds % 60 - Int64(Self.minutes - 1) * 60
    return state.withLock { $0.minutes.filter { $0.start >= first }.reversed() }
  }

  /// The decision of a request; nil where it is no longer kept.
  func row(of id: String) -> DecisionRow? { state.withLock { $0.rows.last { $0.id == id } } }
}
