import Auth
import Storage

/// rpc: finds the method, counts the call, and lets the method answer.
struct RPCHook: Sendable {
  let methods: [String: any RPCMethod]
  let limits: HookLimits

  init(methods: [any RPCMethod], limits: HookLimits) {
    self.methods = Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0) })
    self.limits = limits
  }

  func answer(_ request: HookRequest, _ run: inout HookRun) async -> Answer {
    guard let user = UserID(request.user) else { return Answer(.error(.denied), reason: "no_user") }
    guard let method = methods[request.method] else { return .error(.unknownMethod) }
    if let refusal = await limits.rpc(of: user, &run, by: request.deadline) { return refusal }
    do throws(Code) {
      return try await method.answer(to: user, request.payload, &run, by: request.deadline)
    } catch {
      return .error(error)
    }
  }
}

/// A method of the rpc hook.
protocol RPCMethod: Sendable {
  /// The name a client calls it by, `<namespace>:<method>`.
  var name: String { get }

  /// Answers a call of `user`'s; throws the code that names the payload's fault.
  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
}
