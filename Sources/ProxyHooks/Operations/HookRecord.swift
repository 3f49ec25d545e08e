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

/// How long the parts of an answer took, in microseconds; 0 where a part was not needed.
public struct HookStages: Hashable, Sendable {
  /// Verifying the token, and waiting for its key.
  public var token: UInt64 = 0
  /// Counting limits.
  public var limits: UInt64 = 0
  /// What the database was asked.
  public var storage: UInt64 = 0

  /// No part was needed.
  public init() {}
}

/// One hook and what became of it. Has no room for a token, a payload or `meta`, so none can get into a log.
public struct HookRecord: Sendable {
  /// ``HookRequest/id``.
  public var requestID: String
  /// Which event.
  public var hook: HookKind
  /// Who called the service, where callers are told apart.
  public var caller = ""
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
  /// The match that an rpc names, by its id; empty where none is named or the channel does.
  public var match = ""
  /// What became of it.
  public var outcome: HookOutcome
  /// The code the client got; nil where it got none.
  public var code: Code?
  /// The rule that decided, or why none could. A text of the service's own, never one that a client sent.
  public var reason: String
  /// The policy's rule that decided.
  public var rule = ""
  /// The version of the policy.
  public var policy = ""
  /// What the policy decided on: the bytes of a JSON object on one line; empty where it was nothing.
  public var facts: [UInt8] = []
  /// What the policy's rules in shadow would have decided, where that is something else.
  public var shadow: (outcome: String, rule: String)?
  /// What the rate limiter has to add, such as the mode it is in; nil where nothing.
  public var limiter: String?
  /// How long the answer took, in microseconds.
  public var durationMicroseconds: UInt64
  /// How long its parts took.
  public var stages = HookStages()

  /// A record of `request`, its duration still 0.
  public init(
    _ request: HookRequest, outcome: HookOutcome, code: Code? = nil, reason: String, limiter: String? = nil
  ) {
    requestID = request.id
    hook = request.kind
    caller = request.caller
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
