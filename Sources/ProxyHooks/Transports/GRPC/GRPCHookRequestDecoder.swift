import CentrifugoProxyAPI
import FoundationEssentials
import StrictJSON
import SwiftProtobuf

/// Reads a hook's message as Centrifugo sends it: a protocol buffer, in which the client's own payload is parsed as
/// strictly as a body of HTTP's is.
struct GRPCHookRequestDecoder: Sendable {
  /// The bounds of what is in `b64data`.
  private let limits: JSONLimits
  /// The bounds of `data` and `meta`, which stand one level deep in a body of HTTP's, beside some thirty nodes at most.
  private let partLimits: JSONLimits

  init(limits: JSONLimits) {
    self.limits = limits
    var partLimits = limits
    partLimits.maximumDepth -= 1
    partLimits.maximumNodes -= 32
    self.partLimits = partLimits
  }

  /// Fills `request`, which has its event, from `message`. After an error `request` has what was read before it.
  func decode(_ message: [UInt8], into request: inout HookRequest) throws(HookFault) {
    let read: GRPCHookMessage
    do {
      read = try GRPCHookMessage(request.kind, message)
    } catch {
      throw .notProtobuf
    }
    // Before anything is filled: neither the decision log's table nor a reader of its lines takes a NUL.
    for (key, text) in read.texts where text.utf8.contains(0) { throw .notText(key) }
    var fields = read.fields
    var fault: HookFault?
    do throws(HookFault) {
      fields.meta = try json(read.meta)
      fields.data = try json(read.data)
    } catch {
      fault = error
    }
    do throws(HookFault) {
      try fields.fill(&request, limits: limits)
    } catch {
      fault = fault ?? error
    }
    if let fault { throw fault }
  }

  private func json(_ bytes: Data) throws(HookFault) -> JSON? {
    guard !bytes.isEmpty else { return nil }
    do { return try JSON.parse(Array(bytes), limits: partLimits) } catch { throw .notJSON(error) }
  }
}

/// What the messages of the six hooks have, in one shape. An empty field is one that is not there, in proto3.
private struct GRPCHookMessage {
  var fields = HookFields()
  var data = Data()
  var meta = Data()
  /// Every text of the message, as none may have a NUL.
  var texts: [(StaticString, String)] = []

  init(_ kind: HookKind, _ bytes: [UInt8]) throws {
    switch kind {
    case .connect:
      let message = try Centrifugal_Centrifugo_Proxy_ConnectRequest(serializedBytes: bytes)
      take(message, message.b64Data)
      data = message.data
      texts += [("name", message.name), ("version", message.version)] + message.channels.map { ("channels", $0) }
    case .refresh:
      let message = try Centrifugal_Centrifugo_Proxy_RefreshRequest(serializedBytes: bytes)
      take(message, user: message.user)
      meta = message.meta
    case .subscribe:
      let message = try Centrifugal_Centrifugo_Proxy_SubscribeRequest(serializedBytes: bytes)
      take(message, message.b64Data, user: message.user, channel: message.channel)
      (data, meta) = (message.data, message.meta)
      texts.append(("token", message.token))
    case .subRefresh:
      let message = try Centrifugal_Centrifugo_Proxy_SubRefreshRequest(serializedBytes: bytes)
      take(message, user: message.user, channel: message.channel)
      meta = message.meta
    case .publish:
      let message = try Centrifugal_Centrifugo_Proxy_PublishRequest(serializedBytes: bytes)
      take(message, message.b64Data, user: message.user, channel: message.channel)
      (data, meta) = (message.data, message.meta)
    case .rpc:
      let message = try Centrifugal_Centrifugo_Proxy_RPCRequest(serializedBytes: bytes)
      take(message, message.b64Data, user: message.user, method: message.method)
      (data, meta) = (message.data, message.meta)
    }
  }

  private mutating func take(
    _ message: some HookMessage, _ base64: String = "", user: String = "", channel: String = "", method: String = ""
  ) {
    fields.client = message.client
    fields.encoding = message.encoding.isEmpty ? nil : message.encoding
    fields.base64 = base64.isEmpty ? nil : base64
    fields.user = user
    fields.channel = channel
    fields.method = method
    texts = [
      ("client", message.client), ("transport", message.transport), ("protocol", message.protocol),
      ("encoding", message.encoding), ("b64data", base64), ("user", user), ("channel", channel), ("method", method),
    ]
  }
}

/// What each of the six messages has.
private protocol HookMessage {
  var client: String { get }
  var transport: String { get }
  var `protocol`: String { get }
  var encoding: String { get }
}

extension Centrifugal_Centrifugo_Proxy_ConnectRequest: HookMessage {}
extension Centrifugal_Centrifugo_Proxy_RefreshRequest: HookMessage {}
extension Centrifugal_Centrifugo_Proxy_SubscribeRequest: HookMessage {}
extension Centrifugal_Centrifugo_Proxy_SubRefreshRequest: HookMessage {}
extension Centrifugal_Centrifugo_Proxy_PublishRequest: HookMessage {}
extension Centrifugal_Centrifugo_Proxy_RPCRequest: HookMessage {}
