public import Auth
public import Storage

/// How often each operation may be called.
///
/// refresh and sub_refresh have no limits: refusing one ends a connection or subscription, and Centrifugo itself sets
/// their pace.
public struct LimitRules: Hashable, Sendable {
  /// One limit.
  public struct LimitRule: Hashable, Sendable {
    /// How often.
    public var rate: RateLimit
    /// In shadow it counts and lets pass; the log says where it would not have.
    public var mode: PolicyRule.Mode

    /// A limit of `rate`.
    public init(_ rate: RateLimit, mode: PolicyRule.Mode = .enforce) {
      self.rate = rate
      self.mode = mode
    }
  }

  private var rules: [LimitName: LimitRule]

  /// The limits that hold where a policy does not say otherwise.
  public init() {
    let usual: [(LimitName, Int, Int)] = [
      (.connectAddress, 100, 10_000), (.connectUser, 30, 60_000), (.subscribeUser, 100, 10_000),
      (.publishUser, 60, 10_000), (.publishRoom, 40, 10_000), (.rpcUser, 60, 10_000), (.reportUser, 10, 3_600_000),
      (.typingRoom, 10, 10_000),
    ]
    rules = [:]
    for (name, count, period) in usual {
      rules[name] = RateLimit(count: count, periodMilliseconds: period).map { LimitRule($0) }
    }
  }

  /// A limit; nil where it is off.
  public subscript(name: LimitName) -> LimitRule? {
    get { rules[name] }
    set { rules[name] = newValue }
  }
}
