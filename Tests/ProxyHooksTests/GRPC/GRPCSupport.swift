import Auth
import CentrifugoProxyAPI
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Logging
import NIOPosix
import SwiftProtobuf
import Testing

@testable import ProxyHooks

/// A gRPC listener on a port of its own.
struct TestGRPCListener {
  typealias Proxy = Centrifugal_Centrifugo_Proxy_CentrifugoProxy.Method

  let listener: GRPCListener
  let hooks: any HookAnswering
  let metrics: Metrics
  let tls: TLSIdentities?
  let port: Int

  /// Serves `body` with a listener that is drained afterwards.
  static func serve(
    hooks: any HookAnswering = ScriptedHooks(), insecure: Bool = false, tls: TLSSettings? = nil,
    log: DecisionLog? = nil, isReady: @escaping @Sendable () -> Bool = { true },
    settings change: (inout GRPCSettings) -> Void = { _ in }, _ body: (TestGRPCListener) async throws -> Void
  ) async throws {
    var settings = GRPCSettings()
    settings.port = 0
    settings.drainTime = .seconds(2)
    settings.answerTime = .seconds(60)
    change(&settings)
    let metrics = Metrics(version: "test")
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let identities = tls.map { TLSIdentities($0, metrics: metrics, logger: logger) }
    let listener = GRPCListener(
      settings: settings, secrets: insecure ? nil : try CallerSecrets([Array(TestListener.secret.utf8)]),
      answering: hooks, observer: HookObserver(metrics: metrics, log: log),
      tls: identities, isReady: isReady,
      group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    try await listener.start()
    let port = try #require(await listener.port)
    do {
      try await body(TestGRPCListener(listener: listener, hooks: hooks, metrics: metrics, tls: identities, port: port))
    } catch {
      await listener.drain()
      throw error
    }
    await listener.drain()
  }

  /// The value of a series, as it is spelled.
  func sample(_ series: String) -> String? {
    let prefix = series + " "
    return metrics.text.split(separator: "\n").first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  /// The value of a series that counts; 0 where it is not there yet.
  func count(_ series: String) -> Int { sample(series).flatMap { Double($0) }.map { Int($0) } ?? 0 }

  /// Gives `body` a client of this listener's.
  func connect<Value: Sendable>(
    security: HTTP2ClientTransport.Posix.TransportSecurity = .plaintext,
    _ body: (TestGRPCClient) async throws -> Value
  ) async throws -> Value {
    var config = HTTP2ClientTransport.Posix.Config.defaults
    config.compression.enabledAlgorithms = [.gzip]
    return try await withGRPCClient(
      transport: .http2NIOPosix(
        target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: security, config: config)
    ) { client in try await body(TestGRPCClient(client: client)) }
  }
}

/// A caller whose messages are bytes, so that it can send what is no message.
struct TestGRPCClient {
  static let known: Metadata = ["x-proxyhooks-secret": .string(TestListener.secret)]

  let client: GRPCClient<HTTP2ClientTransport.Posix>

  /// The messages that come back, where the call succeeds; throws its status.
  func call(
    _ method: MethodDescriptor, _ messages: [[UInt8]], metadata: Metadata = known, timeout: Swift.Duration? = nil,
    gzip: Bool = false
  ) async throws -> [[UInt8]] {
    var options = CallOptions.defaults
    options.timeout = timeout
    if gzip { options.compression = .gzip }
    return try await client.bidirectionalStreaming(
      request: StreamingClientRequest(metadata: metadata) { writer in
        for message in messages { try await writer.write(message) }
      },
      descriptor: method, serializer: Bytes(), deserializer: Bytes(), options: options
    ) { response in
      var received: [[UInt8]] = []
      for try await message in response.messages { received.append(message) }
      return received
    }
  }

  /// The one response to one message.
  func call<Response: SwiftProtobuf.Message>(
    _ method: MethodDescriptor, _ message: some SwiftProtobuf.Message, metadata: Metadata = known,
    timeout: Swift.Duration? = nil, gzip: Bool = false, _ type: Response.Type = Response.self
  ) async throws -> Response {
    let bytes: [UInt8] = try message.serializedBytes()
    let received = try await call(method, [bytes], metadata: metadata, timeout: timeout, gzip: gzip)
    #expect(received.count == 1)
    return try Response(serializedBytes: try #require(received.first))
  }

  private struct Bytes: MessageSerializer, MessageDeserializer {
    func serialize<Buffer: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Buffer { Buffer(message) }
    func deserialize<Buffer: GRPCContiguousBytes>(_ bytes: Buffer) throws -> [UInt8] {
      bytes.withUnsafeBytes { Array($0) }
    }
  }
}

/// The code of the status that a call ended with; nil where it succeeded.
func failure(_ call: () async throws -> Void) async -> RPCError.Code? {
  do {
    try await call()
    return nil
  } catch let error as RPCError { return error.code } catch {
    Issue.record("\(error)")
    return nil
  }
}

extension HookKind {
  /// The method of the hook.
  var method: MethodDescriptor {
    typealias Proxy = Centrifugal_Centrifugo_Proxy_CentrifugoProxy.Method
    return switch self {
    case .connect: Proxy.Connect.descriptor
    case .refresh: Proxy.Refresh.descriptor
    case .subscribe: Proxy.Subscribe.descriptor
    case .subRefresh: Proxy.SubRefresh.descriptor
    case .publish: Proxy.Publish.descriptor
    case .rpc: Proxy.RPC.descriptor
    }
  }
}
