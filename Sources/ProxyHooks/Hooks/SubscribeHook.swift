import Auth
import Storage
import StrictJSON

/// subscribe: a member of an open match listens to its room.
struct SubscribeHook: Sendable {
  let memberships: MembershipStore
  let lastSeen: LastSeenStore
  let limits: HookLimits
  let clock: WallClock

  func answer(_ request: HookRequest, _ run: inout HookRun) async -> Answer {
    guard let user = UserID(request.user) else { return Answer(.error(.denied), reason: "no_user") }
    // A personal channel comes with the connection and can't be asked for.
    guard case .match(let match) = Channel(request.channel, in: run.document.namespaces) else {
      return Answer(.error(.denied), reason: "no_such_channel")
    }
    if let refusal = await limits.subscribe(of: user, &run, by: request.deadline) { return refusal }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let membership = try await memberships.membership(of: user, in: match, by: request.deadline)
      let decision = run.decide(.subscribe, on: membership.facts)
      guard decision.isAllowed else { return .denied(decision) }
      lastSeen.saw(user)
      return Answer(.subscribe(allowed(match, membership, run.document.expiry)), reason: decision.word)
    } catch {
      return .undecided(error)
    }
  }

  private func allowed(_ match: MatchID, _ membership: MembershipStore.Membership, _ expiry: Expiry)
    -> HookReply.Subscribe
  {
    let role = membership.facts.role?.name ?? ""
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
