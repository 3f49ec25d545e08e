import Auth
import Storage
import StrictJSON

/// connect: a good token of a person in good standing gets a connection and their personal channel.
struct ConnectHook: Sendable {
  let keys: KeyRing
  let standings: StandingStore
  let lastSeen: LastSeenStore
  let limits: HookLimits
  let clock: WallClock

  func answer(_ request: HookRequest, _ run: inout HookRun) async -> Answer {
    if let address = request.clientAddress,
      let refusal = await limits.connect(from: address, &run, by: request.deadline)
    {
      return refusal
    }
    let token: [UInt8]
    switch Self.token(of: request) {
    case .found(let bytes): token = bytes
    case .missing: return Answer(.disconnect(.tokenMissing), reason: "token_missing")
    case .malformed: return .error(.badRequest)
    }
    run.start()
    let verdict = await keys.verify(token, now: clock.now())
    run.finish(\.token)
    switch verdict {
    case .good(let claims): return await answer(request, claims, &run)
    case .refused(let refusal):
      return Answer(
        .disconnect(refusal.isExpired ? .tokenExpired : .tokenInvalid), reason: "token_\(refusal.reason.rawValue)")
    case .undecided(let doubt): return .undecided(doubt)
    }
  }

  private func answer(_ request: HookRequest, _ claims: TokenClaims, _ run: inout HookRun) async -> Answer {
    let user = claims.subject
    if let refusal = await limits.connect(of: user, &run, by: request.deadline) { return refusal.of(user) }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let facts = try await standings.standing(
        of: user, tokenID: claims.id, issuedAt: claims.issuedAt, by: request.deadline)
      let decision = run.decide(.connect, on: Facts(standing: facts))
      switch decision.outcome {
      case .allow:
        lastSeen.saw(user)
        return Answer(.connect(allowed(claims, run.document)), reason: decision.word).of(user)
      case .deny(.bannedFromService, _): return Answer(.disconnect(.banned), reason: decision.word).of(user)
      case .deny(.tokenRevoked, _): return Answer(.disconnect(.tokenInvalid), reason: decision.word).of(user)
      case .deny: return .denied(decision).of(user)
      }
    } catch {
      return .undecided(error).of(user)
    }
  }

  private func allowed(_ claims: TokenClaims, _ document: PolicyDocument) -> HookReply.Connect {
    HookReply.Connect(
      user: claims.subject.text,
      expireAt: Expiry.end(of: document.expiry.connectionSeconds, from: clock.now()),
      info: claims.info ?? Array("{}".utf8),
      meta: ConnectionMeta(tokenID: claims.id, issuedAt: claims.issuedAt).json,
      channels: [Channel.user(claims.subject).name(in: document.namespaces)])
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
