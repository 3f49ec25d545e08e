/// What became of a hook, in one word, for the log and the metrics.
public enum HookOutcome: String, CaseIterable, Sendable {
  /// A rule allowed it.
  case allow
  /// A rule, a limit or its own form refused it; the client got an error, or on refresh and sub_refresh the end of what
  /// it had.
  case deny
  /// It could not be decided, or not even read, and was refused for that.
  case error
  /// The connection was refused or ended.
  case disconnect
}

/// One hook and what became of it. Has no room for a token, a payload or `meta`, so none can get into a log.
public struct HookRecord: Sendable {
  /// ``HookRequest/id``.
  public var requestID: String
  /// Which event.
  public var hook: HookKind
  /// The user; empty where there is none or none is known.
  public var user: String
  /// Centrifugo's id of the connection.
  public var client: String
  /// The client's network address, where a trusted edge forwarded one.
  public var address: String
  /// The channel of subscribe, sub_refresh and publish.
  public var channel: String
  /// The method of rpc.
  public var method: String
  /// What became of it.
  public var outcome: HookOutcome
  /// The code the client got; nil where it got none.
  public var code: Code?
  /// The rule that decided, or why none could. A text of the service's own, never one that a client sent.
  public var reason: String
  /// What the rate limiter has to add, such as the mode it is in; nil where nothing.
  public var limiter: String?
  /// How long the answer took, in microseconds.
  public var durationMicroseconds: UInt64

  /// A record of `request`, its duration still 0.
  public init(
    _ request: HookRequest, outcome: HookOutcome, code: Code? = nil, reason: String, limiter: String? = nil
  ) {
    requestID = request.id
    hook = request.kind
    user = request.user
    client = request.client
    address = request.clientAddress ?? ""
    channel = request.channel
    method = request.method
    self.outcome = outcome
    self.code = code
    self.reason = reason
    self.limiter = limiter
    durationMicroseconds = 0
  }
}
