import StrictJSON

/// Centrifugo's own spelling of replies over HTTP.
extension HookReply {
  /// The reply to a hook of `kind` as JSON. With `encoding` binary the client's bytes travel as base64.
  func json(for kind: HookKind, encoding: HookRequest.Encoding) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    switch spoken(for: kind) {
    case .error(let code), .disconnect(let code): writer.refusal(code)
    case let reply: writer.result { reply.writeResult(encoding, to: &$0) }
    }
    writer.endObject()
    return writer.bytes
  }

  private func writeResult(_ encoding: HookRequest.Encoding, to writer: inout JSONWriter) {
    switch self {
    case .connect(let reply):
      writer.key("user")
      writer.string(reply.user)
      writer.expireAt(reply.expireAt)
      writer.bytes(reply.info, "info", "b64info", encoding)
      writer.bytes(reply.meta, "meta", "meta", .json)
      writer.subscriptions(reply.channels)
    case .refresh(.goesOn(let expireAt)), .subRefresh(.goesOn(let expireAt)): writer.expireAt(expireAt)
    case .refresh(.expired), .subRefresh(.expired):
      writer.key("expired")
      writer.bool(true)
    case .subscribe(let reply):
      writer.expireAt(reply.expireAt)
      writer.bytes(reply.info, "info", "b64info", encoding)
      writer.bytes(reply.data, "data", "b64data", encoding)
    case .publish(let reply):
      writer.bytes(reply.data, "data", "b64data", encoding)
      writer.key("idempotency_key")
      writer.string(reply.idempotencyKey)
    case .rpc(let reply): writer.bytes(reply.data, "data", "b64data", encoding)
    case .error, .disconnect: break
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
