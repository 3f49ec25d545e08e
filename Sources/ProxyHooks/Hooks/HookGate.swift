import Storage
import Synchronization

/// Bounds how many requests of a hook are decided at once. Beyond the capacity each one more would make all of them wait, and
/// in the end all of them come too late; refused at once, the others are served as fast as ever.
///
/// A crowd that comes at once and is served within a moment is let in. One that stays is not waiting for a moment to pass: of
/// it only as many are let in as keep what decides busy ("good queue" and "bad queue" of RFC 8289, section 3).
///
/// Each hook has places of its own: where storing messages is slow, connections are made all the same.
final class HookGate: Sendable {
  private let connect: Places
  private let subscribe: Places
  private let publish: Places
  private let rpc: Places

  /// - Parameter most: how many of one hook; a quarter of them where as many would be there all the time.
  init(most: Int) {
    connect = Places(most: most)
    subscribe = Places(most: most)
    publish = Places(most: most)
    rpc = Places(most: most)
  }

  /// Whether a request that came now would get a place; for asking before anything is spent on it.
  func hasPlace(for kind: HookKind) -> Bool { places(of: kind)?.hasPlace ?? true }

  /// Takes a place; nil where there is none.
  func enter(_ kind: HookKind) -> Place? {
    let places = places(of: kind)
    return places?.enter() ?? true ? Place(in: places) : nil
  }

  /// Nil where there is no bound: refresh and sub_refresh end what they refuse, and whoever is put out comes again with a
  /// connect, which costs more.
  private func places(of kind: HookKind) -> Places? {
    switch kind {
    case .connect: connect
    case .subscribe: subscribe
    case .publish: publish
    case .rpc: rpc
    case .refresh, .subRefresh: nil
    }
  }
}

extension HookGate {
  /// A request's place, which it has until it gives it back. One that waits for what somebody else holds does so before its
  /// end: it keeps nothing busy, and many of them are not to stand in the way of the others.
  final class Place: Sendable {
    private let places: Places?
    private let isTaken = Atomic<Bool>(true)

    fileprivate init(in places: Places?) { self.places = places }

    /// Gives it back; a second time is none.
    func leave() {
      if isTaken.exchange(false, ordering: .relaxed) { places?.leave() }
    }
  }

  /// The places of one hook.
  final class Places: Sendable {
    /// How long a crowd may stay, in nanoseconds: what is there for longer is no burst.
    static let patience: UInt64 = 100_000_000

    private let most: Int
    private let few: Int
    private let taken = Atomic<Int>(0)
    /// Since when there is a crowd, and when it was seen last, as readings of `CLOCK_MONOTONIC` in nanoseconds.
    private let crowdedSince = Atomic<UInt64>(0)
    private let crowdedLast = Atomic<UInt64>(0)

    init(most: Int) {
      self.most = most
      few = max(1, most / 4)
    }

    var hasPlace: Bool {
      let count = taken.load(ordering: .relaxed) + 1
      return count <= few || admits(count, at: Deadline.now)
    }

    func enter() -> Bool { enter(at: Deadline.now) }

    /// - Parameter time: a reading of `CLOCK_MONOTONIC`, in nanoseconds.
    func enter(at time: UInt64) -> Bool {
      let count = taken.wrappingAdd(1, ordering: .relaxed).newValue
      guard admits(count, at: time) else {
        leave()
        return false
      }
      return true
    }

    func leave() { taken.wrappingSubtract(1, ordering: .relaxed) }

    /// A crowd has gone where none was seen for as long as one may stay. Two who look at once differ by nothing that matters.
    private func admits(_ count: Int, at time: UInt64) -> Bool {
      if count <= few { return true }
      let last = crowdedLast.exchange(time, ordering: .relaxed)
      if last == 0 || time > last + Self.patience { crowdedSince.store(time, ordering: .relaxed) }
      return count <= most && time < crowdedSince.load(ordering: .relaxed) + Self.patience
    }
  }
}
