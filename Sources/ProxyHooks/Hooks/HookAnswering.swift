/// What a transport hands its requests to. It always answers, and never later than the request's deadline by more than
/// it takes to be scheduled.
public protocol HookAnswering: Sendable {
  /// The answer to `request`; every failure inside is an answer too, one that refuses.
  func answer(_ request: HookRequest) async -> HookReply
}
