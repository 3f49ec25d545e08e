import Auth
import Storage
import StrictJSON

/// connect: a good token of a person in good standing gets a connection and their personal channel.
struct ConnectHook: Sendable {
  let keys: KeyRing
  let policy: Policy
  let standings: StandingStore
  let lastSeen: LastSeenStore
  let limits: HookLimits
  let expiry: Expiry
  let namespaces: Channel.Namespaces
  let clock: WallClock

  func answer(_ request: HookRequest) async -> Answer {
    if let address = request.clientAddress {
      let verdict = await limits.connect(from: address, by: request.deadline)
      if let refusal = verdict.refusal { return refusal }
    }
    let token: [UInt8]
    switch Self.token(of: request) {
    case .found(let bytes): token = bytes
    case .missing: return Answer(.disconnect(.tokenMissing), reason: "token_missing")
    case .malformed: return .error(.badRequest)
    }
    switch await keys.verify(token, now: clock.now()) {
    case .good(let claims): return await answer(request, claims)
    case .refused(let refusal):
      return Answer(
        .disconnect(refusal.isExpired ? .tokenExpired : .tokenInvalid), reason: "token_\(refusal.reason.rawValue)")
    case .undecided(let doubt): return .undecided(doubt)
    }
  }

  private func answer(_ request: HookRequest, _ claims: TokenClaims) async -> Answer {
    let user = claims.subject
    let verdict = await limits.connect(of: user, by: request.deadline)
    if let refusal = verdict.refusal { return refusal.of(user) }
    do throws(StorageError) {
      let facts = try await standings.standing(
        of: user, tokenID: claims.id, issuedAt: claims.issuedAt, by: request.deadline)
      let decision = policy.decideConnection(on: facts)
      if case .allow = decision { lastSeen.saw(user) }
      let reply: HookReply =
        switch decision {
        case .allow: .connect(allowed(claims))
        case .deny(.bannedFromService): .disconnect(.banned)
        case .deny: .disconnect(.tokenInvalid)
        }
      return Answer(reply, reason: decision.rule, limiter: verdict.source).of(user)
    } catch {
      return .undecided(error, limiter: verdict.source).of(user)
    }
  }

  private func allowed(_ claims: TokenClaims) -> HookReply.Connect {
    HookReply.Connect(
      user: claims.subject.text,
      expireAt: Expiry.end(of: expiry.connectionSeconds, from: clock.now()),
      info: claims.info ?? Array("{}".utf8),
      meta: ConnectionMeta(tokenID: claims.id, issuedAt: claims.issuedAt).json,
      channels: [Channel.user(claims.subject).name(in: namespaces)])
  }

  private enum Token {
    case found([UInt8])
    case missing
    case malformed
  }

  /// `token` of the client's data, which an SDK can fetch anew for each attempt; without one, a forwarded
  /// `Authorization: Bearer` (RFC 6750, section 2.1). Whatever else is in the data is the app's own.
  private static func token(of request: HookRequest) -> Token {
    switch request.payload {
    case .unreadable: return .malformed
    case .json(let data):
      guard let token = data["token"] else { break }
      guard let text = token.string else { return .malformed }
      return text.isEmpty ? .missing : .found(Array(text.utf8))
    case .absent: break
    }
    guard let authorization = request.authorization else { return .missing }
    let parts = authorization.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard parts.count == 2, String(parts[0])?.lowercased() == "bearer" else { return .missing }
    return .found(Array(parts[1]))
  }
}

extension Answer {
  /// The same answer, with the user the token named.
  fileprivate func of(_ user: UserID) -> Answer {
    var answer = self
    answer.user = user.text
    return answer
  }
}
