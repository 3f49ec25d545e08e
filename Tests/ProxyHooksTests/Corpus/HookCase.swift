import Auth
import CentrifugoProxyAPI
import Foundation
import SwiftProtobuf

@testable import ProxyHooks

/// A hook's request, which Centrifugo can send either way. `{match}`, `{alice}`, `{token}`, `{jti}` and `{message}` stand
/// for what the request's ``CorpusScene`` has of them.
struct HookCase: Sendable, CustomStringConvertible {
  var kind: HookKind
  var user = "{alice}"
  var channel = ""
  var method = ""
  var encoding = "json"
  /// Raw bytes, in both transports.
  var data: String?
  var base64: String?
  var meta: String?
  var token: String?
  /// Each value of the header, or the key of the metadata, that clients' credentials come in.
  var authorization: [String] = []
  /// Each value of the one that the caller's secret comes in.
  var secrets = [TestListener.secret]
  /// What is true of `{alice}` and `{match}`; nil is a driver in an open match whom others of the corpus share.
  var given: Facts?

  var description: String {
    "\(kind) \(user) \(channel)\(method) \(data ?? base64 ?? "-") \(meta ?? "")"
  }

  /// The headers, or the metadata, that it comes with.
  func headers(in scene: CorpusScene) -> [(name: String, value: String)] {
    secrets.map { ("x-proxyhooks-secret", $0) } + authorization.map { ("authorization", scene.filled($0)) }
  }

  /// How Centrifugo spells it over HTTP: what is empty is left out.
  func body(in scene: CorpusScene) -> String {
    var members = [#""client":"c","transport":"websocket","protocol":"json","encoding":"\#(encoding)""#]
    func text(_ key: String, _ value: String) {
      if !value.isEmpty { members.append(#""\#(key)":\#(Self.quoted(value))"#) }
    }
    if kind != .connect { text("user", user) }
    text("channel", channel)
    text("method", method)
    text("token", token ?? "")
    text("b64data", base64 ?? "")
    if let data { members.append(#""data":\#(data)"#) }
    if let meta { members.append(#""meta":\#(meta)"#) }
    return scene.filled("{\(members.joined(separator: ","))}")
  }

  /// How Centrifugo spells it over gRPC.
  func message(in scene: CorpusScene) throws -> [UInt8] {
    let data = Data(scene.filled(data ?? "").utf8)
    let meta = Data(scene.filled(meta ?? "").utf8)
    let channel = scene.filled(channel)
    let user = scene.filled(user)
    switch kind {
    case .connect:
      return try Centrifugal_Centrifugo_Proxy_ConnectRequest.with {
        ($0.client, $0.transport, $0.protocol, $0.encoding) = ("c", "websocket", "json", encoding)
        ($0.data, $0.b64Data) = (data, base64 ?? "")
      }.serializedBytes()
    case .refresh:
      return try Centrifugal_Centrifugo_Proxy_RefreshRequest.with {
        ($0.client, $0.transport, $0.protocol, $0.encoding) = ("c", "websocket", "json", encoding)
        ($0.user, $0.meta) = (user, meta)
      }.serializedBytes()
    case .subscribe:
      return try Centrifugal_Centrifugo_Proxy_SubscribeRequest.with {
        ($0.client, $0.transport, $0.protocol, $0.encoding) = ("c", "websocket", "json", encoding)
        ($0.user, $0.channel, $0.token, $0.meta) = (user, channel, token ?? "", meta)
        ($0.data, $0.b64Data) = (data, base64 ?? "")
      }.serializedBytes()
    case .subRefresh:
      return try Centrifugal_Centrifugo_Proxy_SubRefreshRequest.with {
        ($0.client, $0.transport, $0.protocol, $0.encoding) = ("c", "websocket", "json", encoding)
        ($0.user, $0.channel, $0.meta) = (user, channel, meta)
      }.serializedBytes()
    case .publish:
      return try Centrifugal_Centrifugo_Proxy_PublishRequest.with {
        ($0.client, $0.transport, $0.protocol, $0.encoding) = ("c", "websocket", "json", encoding)
        ($0.user, $0.channel, $0.meta) = (user, channel, meta)
        ($0.data, $0.b64Data) = (data, base64 ?? "")
      }.serializedBytes()
    case .rpc:
      return try Centrifugal_Centrifugo_Proxy_RPCRequest.with {
        ($0.client, $0.transport, $0.protocol, $0.encoding) = ("c", "websocket", "json", encoding)
        ($0.user, $0.method, $0.meta) = (user, method, meta)
        ($0.data, $0.b64Data) = (data, base64 ?? "")
      }.serializedBytes()
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
        ? "\\u00" + String(scalar.value + 0x100, radix: 16).dropFirst() : String(scalar)
    }
    return "\"\(escaped.joined())\""
  }
}
