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

  func answer(_ request: HookRequest) async -> Answer {
    guard let user = UserID(request.user) else { return Answer(.error(.denied), reason: "no_user") }
    guard let method = methods[request.method] else { return .error(.unknownMethod) }
    let verdict = await limits.rpc(of: user, by: request.deadline)
    if let refusal = verdict.refusal { return refusal }
    do throws(Code) {
      var answer = try await method.answer(to: user, request.payload, by: request.deadline)
      answer.limiter = verdict.source
      return answer
    } catch {
      return .error(error, limiter: verdict.source)
    }
  }
}

/// A method of the rpc hook.
protocol RPCMethod: Sendable {
  /// The name a client calls it by, `<namespace>:<method>`.
  var name: String { get }

  /// Answers a call of `user`'s; throws the code that names the payload's fault.
  func answer(to user: UserID, _ payload: HookRequest.Payload, by deadline: Deadline) async throws(Code) -> Answer
}
