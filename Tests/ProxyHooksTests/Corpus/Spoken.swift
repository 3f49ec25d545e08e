import CentrifugoProxyAPI
import Foundation
import SwiftProtobuf
import Testing

@testable import ProxyHooks

/// A reply in one form for both transports: what stands in it, sorted, without times and keys that are made anew.
struct Spoken {
  let text: String

  init(http body: String, _ kind: HookKind) throws {
    let json = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
    text = Self.text(json)
  }

  init(grpc bytes: [UInt8], _ kind: HookKind) throws {
    text = Self.text(try Self.members(bytes, kind))
  }

  /// The response as HTTP would spell it: fields that are empty are left out, and bytes of JSON are JSON.
  private static func members(_ bytes: [UInt8], _ kind: HookKind) throws -> [String: Any] {
    let message: any SwiftProtobuf.Message =
      switch kind {
      case .connect: try Centrifugal_Centrifugo_Proxy_ConnectResponse(serializedBytes: bytes)
      case .refresh: try Centrifugal_Centrifugo_Proxy_RefreshResponse(serializedBytes: bytes)
      case .subscribe: try Centrifugal_Centrifugo_Proxy_SubscribeResponse(serializedBytes: bytes)
      case .subRefresh: try Centrifugal_Centrifugo_Proxy_SubRefreshResponse(serializedBytes: bytes)
      case .publish: try Centrifugal_Centrifugo_Proxy_PublishResponse(serializedBytes: bytes)
      case .rpc: try Centrifugal_Centrifugo_Proxy_RPCResponse(serializedBytes: bytes)
      }
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    let text = try message.jsonString(options: options)
    var root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    guard var result = root["result"] as? [String: Any] else { return root }
    for key in ["data", "info", "meta"] {
      guard let base64 = result[key] as? String, let bytes = Data(base64Encoded: base64) else { continue }
      result[key] = try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)
    }
    // JSON of protocol buffers has 64-bit numbers as texts.
    if let time = result["expire_at"] as? String { result["expire_at"] = Int64(time) }
    root["result"] = result
    return root
  }

  // When a connection or a subscription is looked at again is spread by chance.
  private static let madeAnew: Set = [
    "idempotency_key", "sent_at", "edited_at", "deleted_at", "expire_at", "b64data",
  ]

  private static func text(_ value: Any) -> String {
    switch value {
    case let object as [String: Any]:
      "{"
        + object.sorted { $0.key < $1.key }.map { key, value in
          "\(key):\(madeAnew.contains(key) ? "…" : text(value))"
        }.joined(separator: ",") + "}"
    case let list as [Any]: "[\(list.map(text).joined(separator: ","))]"
    default: "\(value)"
    }
  }
}
