import Synchronization

/// A number that only grows.
final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)

  var value: UInt64 { count.load(ordering: .relaxed) }

  func increment() { count.wrappingAdd(1, ordering: .relaxed) }

  func add(_ number: UInt64) { count.wrappingAdd(number, ordering: .relaxed) }
}

/// How long things took, counted by bounds.
///
/// Its parts are counted one after another, so a reading in between can be one observation apart in them.
final class Histogram: Sendable {
  /// Upper bounds in microseconds, each with its spelling in seconds.
  static let bounds: [(microseconds: UInt64, seconds: String)] = [
    (500, "0.0005"), (1_000, "0.001"), (2_000, "0.002"), (5_000, "0.005"), (10_000, "0.01"), (20_000, "0.02"),
    (50_000, "0.05"), (100_000, "0.1"), (200_000, "0.2"), (500_000, "0.5"), (800_000, "0.8"), (1_000_000, "1"),
  ]

  private let buckets: [Counter]
  private let microseconds = Counter()

  init() { buckets = (0...Self.bounds.count).map { _ in Counter() } }

  /// Observations of each bucket alone, the last one of what is above every bound.
  var counts: [UInt64] { buckets.map(\.value) }

  /// All observations together, in microseconds.
  var sum: UInt64 { microseconds.value }

  func observe(microseconds observed: UInt64) {
    let bucket = Self.bounds.firstIndex { observed <= $0.microseconds } ?? Self.bounds.count
    buckets[bucket].increment()
    microseconds.add(observed)
  }
}
