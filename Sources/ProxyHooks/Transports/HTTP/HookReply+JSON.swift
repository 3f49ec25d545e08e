import StrictJSON

/// Centrifugo's own spelling of replies.
///
/// A reply that lacks what an allowing one must have, or that answers another event than was asked, is spelled as a
/// refusal: `{}`, a missing `expire_at` or a missing `data` would each allow more than anybody decided.
extension HookReply {
  /// The reply to a hook of `kind` as JSON. With `encoding` binary the client's bytes travel as base64.
  func json(for kind: HookKind, encoding: HookRequest.Encoding) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    if !writeResult(for: kind, encoding, to: &writer) { writeRefusal(for: kind, to: &writer) }
    writer.endObject()
    return writer.bytes
  }

  /// Writes an allowing reply; false, and nothing written, where this is none for a hook of `kind`.
  private func writeResult(
    for kind: HookKind, _ encoding: HookRequest.Encoding, to writer: inout JSONWriter
  ) -> Bool {
    switch (kind, self) {
    case (.connect, .connect(let reply)):
      guard !reply.user.isEmpty, reply.expireAt > 0 else { return false }
      writer.result { writer in
        writer.key("user")
        writer.string(reply.user)
        writer.expireAt(reply.expireAt)
        writer.bytes(reply.info, "info", "b64info", encoding)
        writer.bytes(reply.meta, "meta", "meta", .json)
        writer.subscriptions(reply.channels)
      }
    case (.refresh, .refresh(.goesOn(let expireAt))), (.subRefresh, .subRefresh(.goesOn(let expireAt))):
      guard expireAt > 0 else { return false }
      writer.result { $0.expireAt(expireAt) }
    case (.subscribe, .subscribe(let reply)):
      guard reply.expireAt > 0 else { return false }
      writer.result { writer in
        writer.expireAt(reply.expireAt)
        writer.bytes(reply.info, "info", "b64info", encoding)
        writer.bytes(reply.data, "data", "b64data", encoding)
      }
    case (.publish, .publish(let reply)):
      // Without them Centrifugo would broadcast what the client sent, or broadcast twice.
      guard !reply.data.isEmpty, !reply.idempotencyKey.isEmpty else { return false }
      writer.result { writer in
        writer.bytes(reply.data, "data", "b64data", encoding)
        writer.key("idempotency_key")
        writer.string(reply.idempotencyKey)
      }
    case (.rpc, .rpc(let reply)):
      guard !reply.data.isEmpty else { return false }
      writer.result { $0.bytes(reply.data, "data", "b64data", encoding) }
    default: return false
    }
    return true
  }

  private func writeRefusal(for kind: HookKind, to writer: inout JSONWriter) {
    if kind == .refresh || kind == .subRefresh {
      // Centrifugo passes over `error` and `disconnect` here.
      writer.result { writer in
        writer.key("expired")
        writer.bool(true)
      }
      return
    }
    switch self {
    case .error(let code), .disconnect(let code): writer.refusal(code)
    default: writer.refusal(.unavailable)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func result(_ fields: (inout JSONWriter) -> Void) {
    key("result")
    beginObject()
    fields(&self)
    endObject()
  }

  fileprivate mutating func expireAt(_ seconds: Int64) {
    key("expire_at")
    integer(seconds)
  }

  fileprivate mutating func bytes(
    _ text: HookReply.JSONText, _ plain: StaticString, _ base64: StaticString, _ encoding: HookRequest.Encoding
  ) {
    guard !text.isEmpty else { return }
    switch encoding {
    case .json:
      key(plain)
      raw(text)
    case .binary:
      key(base64)
      string(Base64.encode(text))
    }
  }

  fileprivate mutating func subscriptions(_ channels: [String]) {
    guard !channels.isEmpty else { return }
    key("subs")
    beginObject()
    for channel in channels {
      key(channel)
      beginObject()
      endObject()
    }
    endObject()
  }

  /// A code in the form that is its own, whatever the reply called it: each form has its own range of numbers.
  fileprivate mutating func refusal(_ code: Code) {
    let isError = code.form == .error
    key(isError ? "error" : "disconnect")
    beginObject()
    key("code")
    integer(code.number)
    key(isError ? "message" : "reason")
    string(code.text)
    if isError, code.isTemporary {
      key("temporary")
      bool(true)
    }
    endObject()
  }
}
