import Auth
import Storage

/// sub_refresh: a subscription goes on while its person may still subscribe and, where the connection's meta comes with
/// the request, its token is not revoked.
struct SubRefreshHook: Sendable {
  let memberships: MembershipStore
  let standings: StandingStore
  let lastSeen: LastSeenStore
  let clock: WallClock

  func answer(_ request: HookRequest, _ run: inout HookRun) async -> Answer {
    guard let user = UserID(request.user) else { return .expired("no_user") }
    guard case .match(let match) = Channel(request.channel, in: run.document.namespaces) else {
      return .expired("no_such_channel")
    }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      var facts = Facts()
      if request.meta != nil {
        guard let meta = ConnectionMeta(request.meta) else { return .expired("no_connection_meta") }
        facts.standing = try await standings.standing(
          of: user, tokenID: meta.tokenID, issuedAt: meta.issuedAt, by: request.deadline)
      }
      facts.membership = try await memberships.membership(of: user, in: match, by: request.deadline).facts
      let decision = run.decide(.subRefresh, on: facts)
      guard decision.isAllowed else { return .expired(decision.word) }
      lastSeen.saw(user)
      let end = Expiry.end(of: run.document.expiry.subscriptionSeconds, from: clock.now())
      return Answer(.subRefresh(.goesOn(expireAt: end)), reason: decision.word)
    } catch {
      return .undecidedRefresh(error)
    }
  }
}
