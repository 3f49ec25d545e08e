import Auth
import Storage

/// sub_refresh: a subscription goes on while its person may still subscribe and, where the connection's meta comes with
/// the request, its token is not revoked.
struct SubRefreshHook: Sendable {
  let policy: Policy
  let memberships: MembershipStore
  let standings: StandingStore
  let lastSeen: LastSeenStore
  let expiry: Expiry
  let namespaces: Channel.Namespaces
  let clock: WallClock

  func answer(_ request: HookRequest) async -> Answer {
    guard let user = UserID(request.user) else { return .expired("no_user") }
    guard case .match(let match) = Channel(request.channel, in: namespaces) else { return .expired("no_such_channel") }
    do throws(StorageError) {
      if request.meta != nil {
        guard let meta = ConnectionMeta(request.meta) else { return .expired("no_connection_meta") }
        let facts = try await standings.standing(
          of: user, tokenID: meta.tokenID, issuedAt: meta.issuedAt, by: request.deadline)
        let decision = policy.decideConnection(on: facts)
        guard case .allow = decision else { return .expired(decision.rule) }
      }
      let membership = try await memberships.membership(of: user, in: match, by: request.deadline)
      let decision = policy.decide(.subscribe, on: membership.facts)
      guard case .allow = decision else { return .expired(decision.rule) }
      lastSeen.saw(user)
      let end = Expiry.end(of: expiry.subscriptionSeconds, from: clock.now())
      return Answer(.subRefresh(.goesOn(expireAt: end)), reason: decision.rule)
    } catch {
      return .undecidedRefresh(error)
    }
  }
}
