/// What a transport hands its requests to. It always answers, and never later than the request's deadline by more than
/// it takes to be scheduled.
public protocol HookAnswering: Sendable {
  /// The answer to `request`; every failure inside is an answer too, one that refuses.
  func answer(_ request: HookRequest) async -> HookReply

  /// Whether a request for this hook would be decided now and not refused because too many are. A transport asks before it
  /// looks at what came.
  func hasPlace(for kind: HookKind) -> Bool
}

extension HookAnswering {
  /// Always, unless said otherwise.
  public func hasPlace(for kind: HookKind) -> Bool { true }
}
