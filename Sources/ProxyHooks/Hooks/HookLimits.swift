import Auth
public import Storage

/// How often each hook may be called, and the counting of it.
///
/// refresh and sub_refresh have no limits: refusing one ends a connection or subscription, and Centrifugo itself sets
/// their pace. A nil limit is off.
public struct LimitSettings: Sendable {
  /// connect, for each forwarded client address.
  public var connectPerAddress = RateLimit(count: 100, periodMilliseconds: 10_000)
  /// connect, for each user.
  public var connectPerUser = RateLimit(count: 30, periodMilliseconds: 60_000)
  /// subscribe, for each user.
  public var subscribePerUser = RateLimit(count: 100, periodMilliseconds: 10_000)
  /// publish, for each user in all rooms.
  public var publishPerUser = RateLimit(count: 60, periodMilliseconds: 10_000)
  /// publish, for each user in one room.
  public var publishPerRoom = RateLimit(count: 40, periodMilliseconds: 10_000)
  /// rpc, for each user.
  public var rpcPerUser = RateLimit(count: 60, periodMilliseconds: 10_000)

  /// chat:report, for each user; each call counts as an rpc too.
  public var reportPerUser = RateLimit(count: 10, periodMilliseconds: 3_600_000)

  /// chat:typing, for each user in one room; each call counts as an rpc too.
  public var typingPerRoom = RateLimit(count: 10, periodMilliseconds: 10_000)

  /// The limits that hold unless set otherwise.
  public init() {}
}

struct HookLimits: Sendable {
  let settings: LimitSettings
  let limiter: RateLimiter

  /// Counts a connect from an address, before anything is spent on its token.
  func connect(from address: String, by deadline: Deadline) async -> LimitVerdict {
    let owner = ClientAddress.counted(address) ?? "none"
    return await verdict(owner: owner, [("connect_address", "", settings.connectPerAddress)], by: deadline)
  }

  func connect(of user: UserID, by deadline: Deadline) async -> LimitVerdict {
    await verdict(owner: user.text, [("connect_user", "", settings.connectPerUser)], by: deadline)
  }

  func subscribe(of user: UserID, by deadline: Deadline) async -> LimitVerdict {
    await verdict(owner: user.text, [("subscribe_user", "", settings.subscribePerUser)], by: deadline)
  }

  func publish(of user: UserID, in match: MatchID, by deadline: Deadline) async -> LimitVerdict {
    await verdict(
      owner: user.text,
      [("publish_user", "", settings.publishPerUser), ("publish_room", match.text, settings.publishPerRoom)],
      by: deadline)
  }

  func rpc(of user: UserID, by deadline: Deadline) async -> LimitVerdict {
    await verdict(owner: user.text, [("rpc_user", "", settings.rpcPerUser)], by: deadline)
  }

  func typing(of user: UserID, in match: MatchID, by deadline: Deadline) async -> LimitVerdict {
    await verdict(owner: user.text, [("typing_room", match.text, settings.typingPerRoom)], by: deadline)
  }

  func report(of user: UserID, by deadline: Deadline) async -> LimitVerdict {
    await verdict(owner: user.text, [("report_user", "", settings.reportPerUser)], by: deadline)
  }

  private func verdict(owner: String, _ limits: [(String, String, RateLimit?)], by deadline: Deadline) async
    -> LimitVerdict
  {
    let limits = limits.compactMap { name, subject, rate in
      rate.map { LimitedEvent.Limit(name: name, subject: subject, rate: $0) }
    }
    return await limiter.verdict(on: LimitedEvent(owner: owner, limits: limits), by: deadline)
  }
}

extension LimitVerdict {
  /// The refusal, where a limit was reached.
  var refusal: Answer? {
    reached.map { Answer(.error(.tooManyRequests), reason: "limit_\($0)", limiter: source) }
  }
}
