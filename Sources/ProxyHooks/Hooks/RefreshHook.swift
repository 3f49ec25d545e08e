import Auth
import Storage

/// refresh: a connection goes on while its person is not banned and its token not revoked.
///
/// The token's own expiry ends no connection: the connection's identity was proven when it began, and what can change
/// since then is read here.
struct RefreshHook: Sendable {
  let standings: StandingStore
  let lastSeen: LastSeenStore
  let clock: WallClock

  func answer(_ request: HookRequest, _ run: inout HookRun) async -> Answer {
    guard let user = UserID(request.user) else { return .expired("no_user") }
    // Without the meta it can't be known which token the connection came with: `include_connection_meta` is off.
    guard let meta = ConnectionMeta(request.meta) else { return .expired("no_connection_meta") }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let facts = try await standings.standing(
        of: user, tokenID: meta.tokenID, issuedAt: meta.issuedAt, by: request.deadline)
      let decision = run.decide(.refresh, on: Facts(standing: facts))
      guard decision.isAllowed else { return .expired(decision.word) }
      lastSeen.saw(user)
      let end = Expiry.end(of: run.document.expiry.connectionSeconds, from: clock.now())
      return Answer(.refresh(.goesOn(expireAt: end)), reason: decision.word)
    } catch {
      return .undecidedRefresh(error)
    }
  }
}
