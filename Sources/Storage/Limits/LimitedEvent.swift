/// One event and the limits it is counted against, all of which must let it pass.
public struct LimitedEvent: Sendable {
  /// A limit and what it counts.
  public struct Limit: Sendable {
    /// The limit's name in logs: a fixed word, no value of a client's.
    public let name: String
    /// What is counted apart: a user, a room, an address.
    public let subject: String
    /// How much is let pass.
    public let rate: RateLimit

    /// A limit of `rate` on `subject`.
    public init(name: String, subject: String, rate: RateLimit) {
      self.name = name
      self.subject = subject
      self.rate = rate
    }
  }

  /// Whose event it is. The keys of all limits carry it as their hash tag, so that one script call can have them all in
  /// a Redis Cluster.
  public let owner: String
  /// The limits.
  public let limits: [Limit]

  /// An event of `owner` under `limits`.
  public init(owner: String, limits: [Limit]) {
    self.owner = owner
    self.limits = limits
  }

  /// A key for each limit. `owner` has no brace in it: it is an id or a network address.
  var keys: [String] { limits.map { "ph:{\(owner)}:\($0.name):\($0.subject)" } }
}

/// Whether an event may happen.
public struct LimitVerdict: Hashable, Sendable {
  /// Who counted.
  public enum Source: String, Sendable {
    /// Redis, for all instances together.
    case redis
    /// This instance alone, since Redis did not answer.
    case local
    /// Nobody: the event has no limits.
    case none
  }

  /// The name of the limit that was reached; nil where the event may happen.
  public let reached: String?
  /// After how many milliseconds the event may happen; 0 where it may now.
  public let retryAfterMilliseconds: Int
  /// Who counted.
  public let source: Source
  /// The place, among the event's limits, of the one that is fullest now; nil where there is none.
  public var fullest: Int?
  /// How full that is, in thousandths of its burst: 1000 where nothing more passes.
  public var fullness = 0
}
