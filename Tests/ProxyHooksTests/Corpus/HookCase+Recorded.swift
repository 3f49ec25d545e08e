import CentrifugoProxyAPI
import Foundation
import StrictJSON
import SwiftProtobuf
import Testing

@testable import ProxyHooks

/// What a real Centrifugo 6.9.1 sent, over either transport.
extension HookCase {
  static func recorded() throws -> [HookCase] {
    try Captures.names.map { try recordedHTTP($0) } + Captures.calls.map { try recordedCall($0) }
  }

  private static func recordedHTTP(_ name: String) throws -> HookCase {
    let parts = try #require(Captures.read(name)).split(separator: "\r\n\r\n", maxSplits: 1)
    let object = try #require(JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as? [String: Any])
    let kind = try #require(HookKind(rawValue: String(name.prefix { $0 != "-" && $0 != "." })))
    var it = HookCase(kind: kind, user: "")
    for (key, value) in object {
      switch key {
      case "user": it.user = "\(value)"
      case "channel": it.channel = "\(value)"
      case "method": it.method = "\(value)"
      case "encoding": it.encoding = "\(value)"
      case "b64data": it.base64 = "\(value)"
      // Byte for byte as it stands there.
      case "data": it.data = try raw("data", in: String(parts[1]))
      case "meta": it.meta = try raw("meta", in: String(parts[1]))
      default: #expect(["client", "transport", "protocol", "name", "version", "channels"].contains(key))
      }
    }
    if parts[0].contains("Authorization: ") { it.authorization = ["Bearer emu"] }
    return it
  }

  private static func recordedCall(_ name: String) throws -> HookCase {
    let parts = try #require(Captures.read("grpc/\(name).txt")).split(separator: "\n\n", maxSplits: 1)
    let kind = try #require(Captures.kinds[String(name.dropFirst(4))])
    // The six messages share the names of their fields; each of them is read by the one that has them all but one.
    var it = HookCase(kind: kind, user: "")
    for line in parts[1].split(separator: "\n") {
      let colon = try #require(line.firstIndex(of: ":"))
      let text = try Centrifugal_Centrifugo_Proxy_Disconnect(
        textFormatString: "reason: \(line[line.index(after: colon)...])"
      ).reason
      switch line[..<colon] {
      case "user": it.user = text
      case "channel": it.channel = text
      case "method": it.method = text
      case "encoding": it.encoding = text
      case "b64data": it.base64 = text
      case "data": it.data = text
      case "meta": it.meta = text
      default: #expect(["client", "transport", "protocol", "name", "version", "token"].contains(line[..<colon]))
      }
    }
    if parts[0].contains("authorization: ") { it.authorization = ["Bearer t"] }
    return it
  }

  /// The bytes of a member of `body`, up to the comma or the brace after it.
  private static func raw(_ key: String, in body: String) throws -> String {
    let json = try JSON.parse(Array(body.utf8))
    return String(decoding: try #require(json[key]).rawBytes, as: UTF8.self)
  }
}
