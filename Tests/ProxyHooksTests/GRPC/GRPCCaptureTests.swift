import CentrifugoProxyAPI
import Foundation
import Storage
import SwiftProtobuf
import Testing

@testable import ProxyHooks

/// Calls of a real Centrifugo 6.9.1, recorded in text form.
@Suite(.enabled(if: Captures.folder != nil, "no captures: set PROXYHOOKS_CAPTURES to their folder"))
struct GRPCCaptureTests {
  @Test("A recorded call is the request that its fields are over HTTP", arguments: Captures.calls)
  func same(name: String) throws {
    let kind = try #require(Captures.kinds[String(name.dropFirst(4))])
    let recorded = try #require(Captures.read("grpc/\(name).txt"))
    let text = try #require(recorded.split(separator: "\n\n", maxSplits: 1).last).description
    var http = HookRequest(kind: kind, id: "1", deadline: Deadline(nanoseconds: 0))
    try HTTPHookRequestDecoder(limits: .standard).decode(try body(text, kind), into: &http)
    var grpc = HookRequest(kind: kind, id: "1", deadline: Deadline(nanoseconds: 0))
    try GRPCHookRequestDecoder(limits: .standard).decode(try message(text, kind).serializedBytes(), into: &grpc)
    #expect(grpc.client.count == 36 && grpc.user == (kind == .connect ? "" : "42"))
    #expect(grpc.client == http.client && grpc.user == http.user && grpc.channel == http.channel)
    #expect(grpc.method == http.method && grpc.encoding == http.encoding)
    #expect(grpc.meta.map { Array($0.rawBytes) } == http.meta.map { Array($0.rawBytes) })
    #expect(raw(grpc.payload) == raw(http.payload))
    if kind == .publish || kind == .rpc { #expect(raw(grpc.payload) != "absent") }
  }

  private func message(_ text: String, _ kind: HookKind) throws -> any SwiftProtobuf.Message {
    switch kind {
    case .connect: try Centrifugal_Centrifugo_Proxy_ConnectRequest(textFormatString: text)
    case .refresh: try Centrifugal_Centrifugo_Proxy_RefreshRequest(textFormatString: text)
    case .subscribe: try Centrifugal_Centrifugo_Proxy_SubscribeRequest(textFormatString: text)
    case .subRefresh: try Centrifugal_Centrifugo_Proxy_SubRefreshRequest(textFormatString: text)
    case .publish: try Centrifugal_Centrifugo_Proxy_PublishRequest(textFormatString: text)
    case .rpc: try Centrifugal_Centrifugo_Proxy_RPCRequest(textFormatString: text)
    }
  }

  /// The body of HTTP's with the same fields: the protocol buffer's JSON, with bytes as the JSON that they are.
  private func body(_ text: String, _ kind: HookKind) throws -> [UInt8] {
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    let json = try message(text, kind).jsonString(options: options)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String])
    let members = try object.map { key, value in
      guard key == "data" || key == "meta" else { return "\"\(key)\":\"\(value)\"" }
      let bytes = try #require(Data(base64Encoded: value))
      return "\"\(key)\":\(String(decoding: bytes, as: UTF8.self))"
    }
    return Array("{\(members.joined(separator: ","))}".utf8)
  }

  private func raw(_ payload: HookRequest.Payload) -> String {
    switch payload {
    case .absent: "absent"
    case .json(let json): String(decoding: json.rawBytes, as: UTF8.self)
    case .unreadable(let field): "unreadable \(field ?? "")"
    }
  }
}
