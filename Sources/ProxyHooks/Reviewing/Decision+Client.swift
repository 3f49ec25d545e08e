public import Auth

extension Decision {
  /// The code that the client gets; nil where it gets none: what is allowed, and the end of a refresh.
  public var clientCode: Code? {
    guard let reason else { return nil }
    switch (operation, reason) {
    case (.refresh, _), (.subRefresh, _): return nil
    case (.connect, .bannedFromService): return .banned
    case (.connect, .tokenRevoked): return .tokenInvalid
    default: return Code(reason)
    }
  }

  /// What the client sees, as far as the policy goes.
  public var clientSees: String {
    if let code = clientCode {
      switch code.form {
      case .error: return "error \(code.number) (\(code.text))"
      case .reconnect: return "the connection ends with \(code.number) (\(code.text)); it may connect again"
      case .terminal: return "the connection ends with \(code.number) (\(code.text)), for good"
      }
    }
    switch operation {
    case .connect: return "the connection begins"
    case .refresh: return isAllowed ? "the connection goes on" : "the connection ends, as expired"
    case .subscribe: return "the subscription begins"
    case .subRefresh: return isAllowed ? "the subscription goes on" : "the subscription ends, as expired"
    case .publish: return "the message is stored and sent to the room"
    case .rooms: return "the list of the rooms that the person may listen to"
    default: return "the method's result"
    }
  }
}

extension Decision.Outcome {
  /// `allowed by write`, `denied: muted`, `denied by no-writing: role_may_not`.
  public var words: String {
    switch self {
    case .allow(let rule): "allowed by \(rule)"
    case .deny(let reason, .some(let rule)): "denied by \(rule): \(reason.rawValue)"
    case .deny(let reason, .none): "denied: \(reason.rawValue)"
    }
  }

  /// The policy's own rule, where one decided.
  public var rule: RuleName? {
    switch self {
    case .allow(let rule): rule
    case .deny(_, let rule): rule
    }
  }

  /// Why it is refused; nil where it is not.
  public var reason: Decision.Reason? { if case .deny(let reason, _) = self { reason } else { nil } }
}
