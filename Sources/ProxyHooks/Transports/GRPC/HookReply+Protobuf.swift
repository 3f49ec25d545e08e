import CentrifugoProxyAPI
import FoundationEssentials
import SwiftProtobuf

/// Centrifugo's own spelling of replies over gRPC.
extension HookReply {
  /// The reply to a hook of `kind` as a protocol buffer. With `encoding` binary the client's bytes travel as base64.
  ///
  /// - Throws: where the message can't be written, which is only so beyond two gigabytes.
  func protobuf(for kind: HookKind, encoding: HookRequest.Encoding) throws -> [UInt8] {
    switch spoken(for: kind) {
    case .connect(let reply):
      var response = Centrifugal_Centrifugo_Proxy_ConnectResponse()
      response.result.user = reply.user
      response.result.expireAt = reply.expireAt
      (response.result.info, response.result.b64Info) = Self.bytes(reply.info, encoding)
      response.result.meta = Data(reply.meta)
      for channel in reply.channels { response.result.subs[channel] = .init() }
      return try response.serializedBytes()
    case .refresh(let refresh):
      var response = Centrifugal_Centrifugo_Proxy_RefreshResponse()
      switch refresh {
      case .expired: response.result.expired = true
      case .goesOn(let expireAt): response.result.expireAt = expireAt
      }
      return try response.serializedBytes()
    case .subRefresh(let refresh):
      var response = Centrifugal_Centrifugo_Proxy_SubRefreshResponse()
      switch refresh {
      case .expired: response.result.expired = true
      case .goesOn(let expireAt): response.result.expireAt = expireAt
      }
      return try response.serializedBytes()
    case .subscribe(let reply):
      var response = Centrifugal_Centrifugo_Proxy_SubscribeResponse()
      response.result.expireAt = reply.expireAt
      (response.result.info, response.result.b64Info) = Self.bytes(reply.info, encoding)
      (response.result.data, response.result.b64Data) = Self.bytes(reply.data, encoding)
      return try response.serializedBytes()
    case .publish(let reply):
      var response = Centrifugal_Centrifugo_Proxy_PublishResponse()
      (response.result.data, response.result.b64Data) = Self.bytes(reply.data, encoding)
      response.result.idempotencyKey = reply.idempotencyKey
      return try response.serializedBytes()
    case .rpc(let reply):
      var response = Centrifugal_Centrifugo_Proxy_RPCResponse()
      (response.result.data, response.result.b64Data) = Self.bytes(reply.data, encoding)
      return try response.serializedBytes()
    case .error(let code), .disconnect(let code): return try Self.refusal(code, of: kind)
    }
  }

  /// The first message of a stream, and the only one: no subscription.
  static func refusedStream(_ code: Code) throws -> [UInt8] {
    var response = Centrifugal_Centrifugo_Proxy_StreamSubscribeResponse()
    response.subscribeResponse.error = .init(code)
    return try response.serializedBytes()
  }

  /// The response of a method that is no hook and has a place for an error.
  static func refusedMethod(_ code: Code) throws -> [UInt8] {
    var response = Centrifugal_Centrifugo_Proxy_RefusedResponse()
    response.error = .init(code)
    return try response.serializedBytes()
  }

  private static func bytes(_ text: JSONText, _ encoding: HookRequest.Encoding) -> (Data, String) {
    switch encoding {
    case .json: (Data(text), "")
    case .binary: (Data(), Base64.encode(text))
    }
  }

  private static func refusal(_ code: Code, of kind: HookKind) throws -> [UInt8] {
    switch kind {
    case .connect: try refusal(code, Centrifugal_Centrifugo_Proxy_ConnectResponse())
    case .refresh: try refusal(code, Centrifugal_Centrifugo_Proxy_RefreshResponse())
    case .subscribe: try refusal(code, Centrifugal_Centrifugo_Proxy_SubscribeResponse())
    case .subRefresh: try refusal(code, Centrifugal_Centrifugo_Proxy_SubRefreshResponse())
    case .publish: try refusal(code, Centrifugal_Centrifugo_Proxy_PublishResponse())
    case .rpc: try refusal(code, Centrifugal_Centrifugo_Proxy_RPCResponse())
    }
  }

  private static func refusal(_ code: Code, _ empty: some RefusingResponse) throws -> [UInt8] {
    var response = empty
    if code.form == .error {
      response.error = .init(code)
    } else {
      response.disconnect = .init(code)
    }
    return try response.serializedBytes()
  }
}

/// A hook's response, which has a place for either form of a refusal.
private protocol RefusingResponse: SwiftProtobuf.Message {
  var error: Centrifugal_Centrifugo_Proxy_Error { get set }
  var disconnect: Centrifugal_Centrifugo_Proxy_Disconnect { get set }
}

extension Centrifugal_Centrifugo_Proxy_ConnectResponse: RefusingResponse {}
extension Centrifugal_Centrifugo_Proxy_RefreshResponse: RefusingResponse {}
extension Centrifugal_Centrifugo_Proxy_SubscribeResponse: RefusingResponse {}
extension Centrifugal_Centrifugo_Proxy_SubRefreshResponse: RefusingResponse {}
extension Centrifugal_Centrifugo_Proxy_PublishResponse: RefusingResponse {}
extension Centrifugal_Centrifugo_Proxy_RPCResponse: RefusingResponse {}

extension Centrifugal_Centrifugo_Proxy_Error {
  fileprivate init(_ code: Code) {
    self.init()
    self.code = code.number
    message = code.text
    temporary = code.isTemporary
  }
}

extension Centrifugal_Centrifugo_Proxy_Disconnect {
  fileprivate init(_ code: Code) {
    self.init()
    self.code = code.number
    reason = code.text
  }
}
