import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

@testable import ProxyHooks

/// A caller that speaks TLS, with the library's client.
final class TLSClient: Sendable {
  /// What a caller brings.
  struct Form: Sendable {
    var roots: [NIOSSLCertificate]
    var chain: [NIOSSLCertificate] = []
    var key: NIOSSLPrivateKey?
    var protocols = ["h2", "http/1.1"]
    var minimum = TLSVersion.tlsv1
    var maximum: TLSVersion?
    var ciphers: String?

    /// - Parameters:
    ///   - site: whose server is trusted.
    ///   - certificate: what the caller shows, if anything.
    init(_ site: TLSSite, _ certificate: TestCertificate? = nil) throws {
      roots = try NIOSSLCertificate.fromPEMBytes(Array(site.serverAuthority.certificatePEM.utf8))
      if let certificate {
        chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8))
        key = try NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem)
      }
    }
  }

  struct State: Sendable {
    var text = ""
    var isClosed = false
    var negotiated: String?
    var hasShaken = false
    var version: TLSVersion?
    var serial: [UInt8] = []
  }

  private let channel: any Channel
  private let state: Shared

  /// Connects, and begins the handshake.
  init(port: Int, _ form: Form) async throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(form.roots)
    configuration.certificateChain = form.chain.map { .certificate($0) }
    configuration.privateKey = form.key.map { .privateKey($0) }
    configuration.applicationProtocols = form.protocols
    configuration.minimumTLSVersion = form.minimum
    configuration.maximumTLSVersion = form.maximum
    if let ciphers = form.ciphers { configuration.cipherSuites = ciphers }
    let context = try NIOSSLContext(configuration: configuration)
    let state = Shared()
    self.state = state
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            NIOSSLClientHandler(context: context, serverHostname: "hooks.example"), Collector(state),
          ])
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  deinit { channel.close(promise: nil) }

  var now: State { state.value.withLock { $0 } }

  /// Sends `text`, after the handshake.
  func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

  /// Ends the sending side.
  func finish() { channel.close(mode: .output, promise: nil) }

  /// What has come once so many replies are whole, or the connection is closed, or ten seconds have passed.
  func receive(replies count: Int = 1) async -> RawReplies {
    _ = await eventually { self.now.isClosed || self.replies.replies.count(where: \.isWhole) >= count }
    return replies
  }

  /// What has come once the connection is closed, or ten seconds have passed.
  func receiveAll() async -> RawReplies {
    _ = await eventually { self.now.isClosed }
    return replies
  }

  private var replies: RawReplies {
    let state = now
    return RawReplies(text: state.text, isClosed: state.isClosed)
  }

  private final class Shared: Sendable {
    let value = Mutex(State())
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let state: Shared

    init(_ state: Shared) { self.state = state }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case TLSUserEvent.handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        let (version, serial) = (handler?.tlsVersion, handler?.peerCertificate?.serialNumber ?? [])
        state.value.withLock {
          $0.hasShaken = true
          $0.negotiated = negotiated
          $0.version = version
          $0.serial = serial
        }
      } else if case ChannelEvent.inputClosed? = event as? ChannelEvent {
        context.close(promise: nil)
      }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let text = String(buffer: unwrapInboundIn(data))
      state.value.withLock { $0.text += text }
    }

    func channelInactive(context: ChannelHandlerContext) { state.value.withLock { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
