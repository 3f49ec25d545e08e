public import Auth
public import Logging
import Storage

/// Hands each request to its hook, and each answer to the observer: what every transport calls.
public struct HookService: HookAnswering {
  private let connect: ConnectHook
  private let refresh: RefreshHook
  private let subscribe: SubscribeHook
  private let subRefresh: SubRefreshHook
  private let publish: PublishHook
  private let rpc: RPCHook
  private let observer: HookObserver

  /// Puts the hooks together from what they decide with.
  public init(
    configuration: Configuration, policy: Policy, stores: Stores, keys: KeyRing, centrifugo: CentrifugoAPI? = nil,
    observer: HookObserver, clock: WallClock = .system, log: Logger
  ) {
    let limits = HookLimits(settings: configuration.limits, limiter: stores.limiter)
    let alarm = PolicyAlarm(log: log)
    connect = ConnectHook(
      keys: keys, policy: policy, standings: stores.standings, lastSeen: stores.lastSeen, limits: limits,
      expiry: configuration.expiry, namespaces: configuration.namespaces, clock: clock)
    refresh = RefreshHook(
      policy: policy, standings: stores.standings, lastSeen: stores.lastSeen, expiry: configuration.expiry, clock: clock
    )
    subscribe = SubscribeHook(
      policy: policy, memberships: stores.memberships, lastSeen: stores.lastSeen, limits: limits,
      expiry: configuration.expiry, namespaces: configuration.namespaces, clock: clock)
    subRefresh = SubRefreshHook(
      policy: policy, memberships: stores.memberships, standings: stores.standings, lastSeen: stores.lastSeen,
      expiry: configuration.expiry, namespaces: configuration.namespaces, clock: clock)
    publish = PublishHook(
      policy: policy, rules: configuration.messageRules, messages: stores.messages, delivery: configuration.delivery,
      limits: limits, namespaces: configuration.namespaces, alarm: alarm)
    var methods: [any RPCMethod] = [
      SendMethod(
        policy: policy, rules: configuration.messageRules, messages: stores.messages, limits: limits, alarm: alarm),
      HistoryMethod(policy: policy, history: stores.history, alarm: alarm),
      RoomsMethod(policy: policy, rooms: stores.rooms),
      ReadMethod(policy: policy, positions: stores.positions, alarm: alarm),
      EditMethod(
        policy: policy, rules: configuration.messageRules, seconds: configuration.changeWindows.editSeconds,
        changes: stores.changes, alarm: alarm),
      DeleteMethod(
        policy: policy, seconds: configuration.changeWindows.deleteSeconds, changes: stores.changes, alarm: alarm),
      ReportMethod(policy: policy, changes: stores.changes, limits: limits, alarm: alarm),
      BlockMethod(isBlocked: true, changes: stores.changes, alarm: alarm),
      BlockMethod(isBlocked: false, changes: stores.changes, alarm: alarm),
    ]
    if let centrifugo {
      methods += [
        PresenceMethod(
          policy: policy, members: stores.members, centrifugo: centrifugo, namespaces: configuration.namespaces,
          alarm: alarm),
        TypingMethod(
          policy: policy, memberships: stores.memberships, centrifugo: centrifugo, limits: limits,
          namespaces: configuration.namespaces),
      ]
    }
    rpc = RPCHook(methods: methods, limits: limits)
    self.observer = observer
  }

  /// The answer, from the hook that the event is for.
  public func answer(_ request: HookRequest) async -> HookReply {
    let start = Deadline.now
    let answer =
      switch request.kind {
      case .connect: await connect.answer(request)
      case .refresh: await refresh.answer(request)
      case .subscribe: await subscribe.answer(request)
      case .subRefresh: await subRefresh.answer(request)
      case .publish: await publish.answer(request)
      case .rpc: await rpc.answer(request)
      }
    observer.record(HookRecord(request, answer, microseconds: (Deadline.now - start) / 1_000))
    return answer.reply
  }
}

extension HookRecord {
  /// What the log and the metrics keep of an answer.
  fileprivate init(_ request: HookRequest, _ answer: Answer, microseconds: UInt64) {
    let (outcome, code): (HookOutcome, Code?) =
      switch answer.reply {
      case .error(let code): (answer.isUndecided ? .error : .deny, code)
      case .disconnect(let code): (.disconnect, code)
      case .refresh(.expired), .subRefresh(.expired): (answer.isUndecided ? .error : .deny, nil)
      case .connect, .refresh, .subscribe, .subRefresh, .publish, .rpc: (.allow, nil)
      }
    self.init(
      request, outcome: outcome, code: code, reason: answer.reason,
      limiter: answer.limiter == .none ? nil : answer.limiter.rawValue)
    durationMicroseconds = microseconds
    if let user = answer.user { self.user = user }
  }
}
