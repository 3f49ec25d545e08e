public import Auth

extension Facts {
  /// What is known of somebody, as a reviewer puts it: a person, a token that was looked at, and at most one match.
  public init(
    role: MemberRole?, match: MatchState?, hasLeft: Bool = false, isMuted: Bool = false, isRemoved: Bool = false,
    isBanned: Bool = false, isTokenRevoked: Bool = false
  ) {
    self.init(
      standing: StandingFacts(isBanned: isBanned, isTokenRevoked: isTokenRevoked),
      membership: MembershipFacts(
        matchState: match, role: role, hasLeft: hasLeft, isMuted: isMuted, isRemoved: isRemoved, isBanned: isBanned))
  }

  /// What is known of a present member.
  public init(_ seat: Seat) {
    self.init(role: seat.role, match: seat.match, isMuted: seat.isMuted)
  }

  /// Of these facts the ones that the hook of `operation` reads: the token for connect, refresh and sub_refresh, the match
  /// for whatever is done in one.
  public func seen(by operation: Operation) -> Facts {
    var facts = self
    if !operation.looksAtToken { facts.standing = nil }
    if operation.scope == .token { facts.membership = nil }
    return facts
  }

  /// The facts in words, such as `role=rider, match=open, muted`; the form of `--given`.
  public var words: String {
    var words: [String] = []
    if let membership {
      words.append("role=\(membership.role?.name ?? "none")")
      words.append("match=\(membership.matchState?.rawValue ?? "none")")
      if membership.hasLeft { words.append("left") }
      if membership.isMuted { words.append("muted") }
      if membership.isRemoved { words.append("removed") }
    }
    if isBanned == true { words.append("banned") }
    if let standing { words.append(standing.isTokenRevoked ? "token_revoked" : "token good") }
    return words.isEmpty ? "nothing" : words.joined(separator: ", ")
  }
}

extension Operation {
  /// Whether its hook asks if the connection's token was revoked.
  public var looksAtToken: Bool { scope == .token || self == .subRefresh }

  /// The hook that brings it.
  public var hook: HookKind { HookKind(rawValue: rawValue) ?? .rpc }

  /// The limits that a call is counted against, before anything else is asked.
  public var limits: [LimitName] {
    switch self {
    case .connect: [.connectAddress, .connectUser]
    case .refresh, .subRefresh: []
    case .subscribe: [.subscribeUser]
    case .publish: [.publishUser, .publishRoom]
    case .send: [.rpcUser, .publishUser, .publishRoom]
    case .report: [.rpcUser, .reportUser]
    case .typing: [.rpcUser, .typingRoom]
    case .history, .rooms, .read, .edit, .delete, .block, .unblock, .presence: [.rpcUser]
    }
  }
}
