import Auth
import Storage

/// Counts events against the policy's limits.
struct HookLimits: Sendable {
  let limiter: RateLimiter
  let watch: LimitWatch

  /// Counts a connect from an address, before anything is spent on its token.
  func connect(from address: String, _ run: inout HookRun, by deadline: Deadline) async -> Answer? {
    await refusal(ClientAddress.counted(address) ?? "none", [(.connectAddress, "")], &run, by: deadline)
  }

  func connect(of user: UserID, _ run: inout HookRun, by deadline: Deadline) async -> Answer? {
    await refusal(user.text, [(.connectUser, "")], &run, by: deadline)
  }

  func subscribe(of user: UserID, _ run: inout HookRun, by deadline: Deadline) async -> Answer? {
    await refusal(user.text, [(.subscribeUser, "")], &run, by: deadline)
  }

  func publish(of user: UserID, in match: MatchID, _ run: inout HookRun, by deadline: Deadline) async -> Answer? {
    await refusal(user.text, [(.publishUser, ""), (.publishRoom, match.text)], &run, by: deadline)
  }

  func rpc(of user: UserID, _ run: inout HookRun, by deadline: Deadline) async -> Answer? {
    await refusal(user.text, [(.rpcUser, "")], &run, by: deadline)
  }

  func typing(of user: UserID, in match: MatchID, _ run: inout HookRun, by deadline: Deadline) async -> Answer? {
    await refusal(user.text, [(.typingRoom, match.text)], &run, by: deadline)
  }

  func report(of user: UserID, _ run: inout HookRun, by deadline: Deadline) async -> Answer? {
    await refusal(user.text, [(.reportUser, "")], &run, by: deadline)
  }

  /// The refusal, where an enforced limit was reached. Those in shadow are counted after it lets pass, by themselves: they must
  /// not keep the others from being counted.
  private func refusal(
    _ owner: String, _ limits: [(name: LimitName, subject: String)], _ run: inout HookRun, by deadline: Deadline
  ) async -> Answer? {
    var enforced: [LimitedEvent.Limit] = []
    var shadowed: [LimitedEvent.Limit] = []
    for (name, subject) in limits {
      guard let rule = run.document.limits[name] else { continue }
      let limit = LimitedEvent.Limit(name: name.rawValue, subject: subject, rate: rule.rate)
      if rule.mode == .enforce { enforced.append(limit) } else { shadowed.append(limit) }
    }
    guard !enforced.isEmpty || !shadowed.isEmpty else { return nil }
    run.start()
    defer { run.finish(\.limits) }
    let verdict = await count(LimitedEvent(owner: owner, limits: enforced), by: deadline)
    if verdict.source != .none { run.limiter = verdict.source }
    if let reached = verdict.reached { return Answer(.error(.tooManyRequests), reason: "limit_\(reached)") }
    if !shadowed.isEmpty {
      let verdict = await count(LimitedEvent(owner: owner, limits: shadowed), by: deadline)
      if verdict.source != .none { run.limiter = verdict.source }
      // A request can be counted twice; what one limit would have refused stands, whatever the next says.
      run.shadowLimit = run.shadowLimit ?? verdict.reached.flatMap { LimitName(rawValue: $0) }
    }
    return nil
  }

  private func count(_ event: LimitedEvent, by deadline: Deadline) async -> LimitVerdict {
    let verdict = await limiter.verdict(on: event, by: deadline)
    watch.note(event, verdict)
    return verdict
  }
}
