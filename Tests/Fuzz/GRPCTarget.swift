import Storage

@testable import ProxyHooks
@testable import StrictJSON

/// A hook's message over gRPC: its first byte says which hook's, and what the decoder takes out of it is what the decoder
/// of bodies finds in the same request over HTTP.
enum GRPCTarget {
  @Sendable static func run(_ input: [UInt8]) {
    let kinds = HookKind.allCases
    let kind = kinds[Int(input.first ?? 0) % kinds.count]
    var request = HookRequest(kind: kind, id: "1", deadline: .after(milliseconds: 1_000))
    do throws(HookFault) {
      try GRPCHookRequestDecoder(limits: .standard).decode(Array(input.dropFirst()), into: &request)
    } catch {
      hold(Code.all.contains(error.code(in: kind)), "a fault has a code")
      hold(!error.description.isEmpty, "a fault has a text")
      return
    }
    let texts = [request.client, request.user, request.channel, request.method]
    hold(!texts.contains { $0.utf8.contains(0) }, "a text has no NUL")
    guard let body = body(request) else { return }
    var other = HookRequest(kind: kind, id: "1", deadline: request.deadline)
    do throws(HookFault) {
      try HTTPHookRequestDecoder(limits: .standard).decode(body, into: &other)
    } catch {
      return hold(false, "what gRPC may say, HTTP may say: \(error)")
    }
    hold(texts == [other.client, other.user, other.channel, other.method], "the fields are the same over HTTP")
    hold(request.encoding == other.encoding, "the encoding is the same over HTTP")
    hold(request.meta.map { Array($0.rawBytes) } == other.meta.map { Array($0.rawBytes) }, "meta is the same over HTTP")
    switch (request.payload, other.payload) {
    case (.absent, .absent): break
    case (.json(let one), .json(let two)): hold(one.rawBytes.elementsEqual(two.rawBytes), "data is the same over HTTP")
    default: hold(false, "the payload is the same over HTTP")
    }
  }

  /// The request as Centrifugo spells it over HTTP; nil where that would be too large, or bytes can't be read.
  private static func body(_ request: HookRequest) -> [UInt8]? {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.key("client")
    writer.string(request.client)
    writer.key("user")
    writer.string(request.user)
    writer.key("channel")
    writer.string(request.channel)
    writer.key("method")
    writer.string(request.method)
    writer.key("encoding")
    writer.string(request.encoding.rawValue)
    if let meta = request.meta {
      writer.key("meta")
      writer.raw(Array(meta.rawBytes))
    }
    switch (request.payload, request.encoding) {
    case (.absent, _): break
    case (.json(let json), .json):
      writer.key("data")
      writer.raw(Array(json.rawBytes))
    case (.json(let json), .binary):
      writer.key("b64data")
      writer.string(Base64.encode(Array(json.rawBytes)))
    case (.unreadable, _): return nil
    }
    writer.endObject()
    return writer.bytes.count < 60_000 ? writer.bytes : nil
  }
}
