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
  private let policies: PolicyKeeper
  private let gate: HookGate

  /// Puts the hooks together from what they decide with.
  ///
  /// - Parameter most: how many requests of one hook may be decided at once.
  public init(
    policies: PolicyKeeper, stores: Stores, keys: KeyRing, centrifugo: CentrifugoAPI? = nil,
    observer: HookObserver, limitWatch: LimitWatch = LimitWatch(), most: Int = 1_024, clock: WallClock = .system,
    log: Logger
  ) {
    self.policies = policies
    gate = HookGate(most: most)
    let limits = HookLimits(limiter: stores.limiter, watch: limitWatch)
    let alarm = PolicyAlarm(log: log)
    connect = ConnectHook(
      keys: keys, standings: stores.standings, lastSeen: stores.lastSeen, limits: limits, clock: clock)
    refresh = RefreshHook(standings: stores.standings, lastSeen: stores.lastSeen, clock: clock)
    subscribe = SubscribeHook(
      memberships: stores.memberships, lastSeen: stores.lastSeen, limits: limits, clock: clock)
    subRefresh = SubRefreshHook(
      memberships: stores.memberships, standings: stores.standings, lastSeen: stores.lastSeen, clock: clock)
    publish = PublishHook(messages: stores.messages, limits: limits, alarm: alarm)
    var methods: [any RPCMethod] = [
      SendMethod(messages: stores.messages, limits: limits, alarm: alarm),
      HistoryMethod(history: stores.history, alarm: alarm),
      RoomsMethod(rooms: stores.rooms),
      ReadMethod(positions: stores.positions, alarm: alarm),
      EditMethod(changes: stores.changes, alarm: alarm),
      DeleteMethod(changes: stores.changes, alarm: alarm),
      ReportMethod(changes: stores.changes, limits: limits, alarm: alarm),
      BlockMethod(isBlocked: true, changes: stores.changes, alarm: alarm),
      BlockMethod(isBlocked: false, changes: stores.changes, alarm: alarm),
    ]
    if let centrifugo {
      methods += [
        PresenceMethod(members: stores.members, centrifugo: centrifugo, alarm: alarm),
        TypingMethod(memberships: stores.memberships, centrifugo: centrifugo, limits: limits),
      ]
    }
    rpc = RPCHook(methods: methods, limits: limits)
    self.observer = observer
  }

  /// Whether the hook has a place for one more.
  public func hasPlace(for kind: HookKind) -> Bool { gate.hasPlace(for: kind) }

  /// The answer, from the hook that the event is for.
  public func answer(_ request: HookRequest) async -> HookReply {
    let start = Deadline.now
    var run = HookRun(under: policies.current)
    let answer: Answer
    if observer.log?.isRefusing == true {
      // What can't be written down is not decided, where the operator wants it so.
      answer = .unrecorded(request.kind)
    } else if let place = gate.enter(request.kind) {
      run.place = place
      answer = await decide(request, &run)
      place.leave()
    } else {
      answer = .crowded
    }
    observer.record(
      HookRecord(request, answer, run, microseconds: (Deadline.now - start) / 1_000, isKept: observer.keepsRecords))
    return answer.reply
  }

  private func decide(_ request: HookRequest, _ run: inout HookRun) async -> Answer {
    switch request.kind {
    case .connect: await connect.answer(request, &run)
    case .refresh: await refresh.answer(request, &run)
    case .subscribe: await subscribe.answer(request, &run)
    case .subRefresh: await subRefresh.answer(request, &run)
    case .publish: await publish.answer(request, &run)
    case .rpc: await rpc.answer(request, &run)
    }
  }
}

extension HookRecord {
  /// What the log and the metrics keep of an answer.
  fileprivate init(_ request: HookRequest, _ answer: Answer, _ run: HookRun, microseconds: UInt64, isKept: Bool) {
    let (outcome, code): (HookOutcome, Code?) =
      switch answer.reply {
      case .error(let code): (answer.isUndecided ? .error : .deny, code)
      case .disconnect(let code): (.disconnect, code)
      case .refresh(.expired), .subRefresh(.expired): (answer.isUndecided ? .error : .deny, nil)
      case .connect, .refresh, .subscribe, .subRefresh, .publish, .rpc: (.allow, nil)
      }
    self.init(
      request, outcome: outcome, code: code, reason: answer.reason,
      limiter: run.limiter == .none ? nil : run.limiter.rawValue)
    durationMicroseconds = microseconds
    guard isKept else { return }
    policy = run.document.version
    stages = run.stages
    if let match = run.match { self.match = match.text }
    if let decision = run.decision {
      rule = decision.outcome.ruleName
      facts = decision.facts.json
      shadow = decision.shadow.map { ($0.isAllowed ? "allow" : "deny", $0.ruleName) }
    }
    if outcome == .allow, shadow == nil, let limit = run.shadowLimit { shadow = ("deny", "limit_\(limit.rawValue)") }
    if let user = answer.user { self.user = user }
  }
}
