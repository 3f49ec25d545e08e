import Auth
import Storage

/// refresh: a connection goes on while its person is not banned and its token not revoked.
///
/// The token's own expiry ends no connection: the connection's identity was proven when it began, and what can change
/// since then is read here.
struct RefreshHook: Sendable {
  let policy: Policy
  let standings: StandingStore
  let lastSeen: LastSeenStore
  let expiry: Expiry
  let clock: WallClock

  func answer(_ request: HookRequest) async -> Answer {
    guard let user = UserID(request.user) else { return .expired("no_user") }
    // Without the meta it can't be known which token the connection came with: `include_connection_meta` is off.
    guard let meta = ConnectionMeta(request.meta) else { return .expired("no_connection_meta") }
    do throws(StorageError) {
      let facts = try await standings.standing(
        of: user, tokenID: meta.tokenID, issuedAt: meta.issuedAt, by: request.deadline)
      let decision = policy.decideConnection(on: facts)
      guard case .allow = decision else { return .expired(decision.rule) }
      lastSeen.saw(user)
      let end = Expiry.end(of: expiry.connectionSeconds, from: clock.now())
      return Answer(.refresh(.goesOn(expireAt: end)), reason: decision.rule)
    } catch {
      return .undecidedRefresh(error)
    }
  }
}
