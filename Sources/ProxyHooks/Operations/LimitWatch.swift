import Storage
import Synchronization

/// Which limits were near their edge lately, for whoever looks: as many as fit into a bounded memory, each as it was when it
/// was last counted.
public final class LimitWatch: Sendable {
  /// A limit that was at least half full.
  struct Entry: Hashable, Sendable {
    /// The limit's name.
    let limit: String
    /// The user, or the client address.
    let owner: String
    /// What is counted apart for them: a match, or nothing.
    let subject: String
    /// How full it was, in thousandths.
    var fullness: Int
    /// How often it has refused since it is watched.
    var refusals: Int
    /// When it was last counted, a reading of the monotonic clock in nanoseconds.
    var at: UInt64
  }

  private struct Key: Hashable {
    let limit: String
    let owner: String
    let subject: String
  }

  /// Below it a limit is not near anything.
  private static let leastFullness = 500
  private let places: Int
  private let entries = Mutex<[Key: Entry]>([:])

  /// Remembers `places` limits at most.
  public init(places: Int = 256) { self.places = places }

  /// Notes how full an event has left the fullest of its limits.
  func note(_ event: LimitedEvent, _ verdict: LimitVerdict) {
    guard let fullest = verdict.fullest, event.limits.indices.contains(fullest) else { return }
    guard verdict.fullness >= Self.leastFullness else { return }
    let limit = event.limits[fullest]
    let key = Key(limit: limit.name, owner: event.owner, subject: limit.subject)
    let now = Deadline.now
    entries.withLock { entries in
      if entries[key] == nil, entries.count >= places { Self.makeRoom(&entries) }
      let refusals = (entries[key]?.refusals ?? 0) + (verdict.reached == nil ? 0 : 1)
      entries[key] = Entry(
        limit: key.limit, owner: key.owner, subject: key.subject, fullness: verdict.fullness, refusals: refusals,
        at: now)
    }
  }

  /// The limits that were near their edge within `seconds`, the fullest first.
  func nearEdge(within seconds: UInt64 = 600) -> [Entry] {
    let now = Deadline.now
    return entries.withLock { entries in
      entries.values.filter { now < $0.at + seconds * 1_000_000_000 }
    }.sorted { ($0.fullness, $0.refusals, $0.at) > ($1.fullness, $1.refusals, $1.at) }
  }

  /// Forgets the older half, so that a flood of owners costs one sweep for half of the places.
  private static func makeRoom(_ entries: inout [Key: Entry]) {
    let times = entries.values.map(\.at).sorted()
    let middle = times.isEmpty ? 0 : times[times.count / 2]
    entries = entries.filter { $0.value.at > middle }
  }
}
