extension HookReply {
  /// What a transport says to a hook of `kind`: this reply, or a refusal where it lacks what an allowing one must have, or
  /// answers another event than was asked. `{}`, a missing `expire_at` or a missing `data` would each allow more than
  /// anybody decided.
  func spoken(for kind: HookKind) -> HookReply {
    switch (kind, self) {
    case (.connect, .connect(let reply)) where !reply.user.isEmpty && reply.expireAt > 0: return self
    case (.refresh, .refresh(.goesOn(let expireAt))) where expireAt > 0: return self
    case (.subRefresh, .subRefresh(.goesOn(let expireAt))) where expireAt > 0: return self
    // Centrifugo passes over `error` and `disconnect` here.
    case (.refresh, _): return .refresh(.expired)
    case (.subRefresh, _): return .subRefresh(.expired)
    case (.subscribe, .subscribe(let reply)) where reply.expireAt > 0: return self
    // Without them Centrifugo would broadcast what the client sent, or broadcast twice.
    case (.publish, .publish(let reply)) where !reply.data.isEmpty && !reply.idempotencyKey.isEmpty: return self
    case (.rpc, .rpc(let reply)) where !reply.data.isEmpty: return self
    // A code goes in the form that is its own, whatever the reply called it: each form has its own range of numbers.
    case (_, .error(let code)), (_, .disconnect(let code)):
      return code.form == .error ? .error(code) : .disconnect(code)
    default: return .error(.unavailable)
    }
  }
}
