import Auth
import Storage
import StrictJSON

/// subscribe: a member of an open match listens to its room.
struct SubscribeHook: Sendable {
  let policy: Policy
  let memberships: MembershipStore
  let lastSeen: LastSeenStore
  let limits: HookLimits
  let expiry: Expiry
  let namespaces: Channel.Namespaces
  let clock: WallClock

  func answer(_ request: HookRequest) async -> Answer {
    guard let user = UserID(request.user) else { return Answer(.error(.denied), reason: "no_user") }
    // A personal channel comes with the connection and can't be asked for.
    guard case .match(let match) = Channel(request.channel, in: namespaces) else {
      return Answer(.error(.denied), reason: "no_such_channel")
    }
    let verdict = await limits.subscribe(of: user, by: request.deadline)
    if let refusal = verdict.refusal { return refusal }
    do throws(StorageError) {
      let membership = try await memberships.membership(of: user, in: match, by: request.deadline)
      let decision = policy.decide(.subscribe, on: membership.facts)
      if case .allow = decision { lastSeen.saw(user) }
      let reply: HookReply =
        switch decision {
        case .allow: .subscribe(allowed(match, membership))
        case .deny(let rule): .error(Code(rule))
        }
      return Answer(reply, reason: decision.rule, limiter: verdict.source)
    } catch {
      return .undecided(error, limiter: verdict.source)
    }
  }

  private func allowed(_ match: MatchID, _ membership: MembershipStore.Membership) -> HookReply.Subscribe {
    let role = membership.facts.role?.rawValue ?? ""
    var info = JSONWriter(capacity: 32)
    info.beginObject()
    info.key("role")
    info.string(role)
    info.endObject()
    var data = JSONWriter(capacity: 128)
    data.beginObject()
    data.key("match")
    data.string(match.text)
    data.key("role")
    data.string(role)
    data.key("last_seq")
    data.integer(membership.lastSeq)
    data.key("read_seq")
    data.integer(membership.readSeq)
    data.endObject()
    return HookReply.Subscribe(
      expireAt: Expiry.end(of: expiry.subscriptionSeconds, from: clock.now()), info: info.bytes, data: data.bytes)
  }
}
