import GRPCNIOTransportHTTP2TransportServices
import Logging
import NIOCore
import NIOPosix

/// Binds and accepts: what comes before gRPC on a connection is what comes before HTTP on the other listener's.
struct GRPCListening: HTTP2ServerTransport.ListenerFactory {
  private struct TooMany: Error {}

  let settings: GRPCSettings
  let tls: TLSIdentities?
  let connections: Connections
  let peers: GRPCPeers
  let counts: GRPCCounts
  let group: any EventLoopGroup
  let acceptWarning: RareWarning

  var eventLoopGroup: any EventLoopGroup { group }

  func makeListeningChannel(
    listenerConfigurator: HTTP2ServerTransport.ListenerConfigurator,
    connectionConfigurator: HTTP2ServerTransport.ConnectionConfigurator
  ) async throws -> NIOAsyncChannel<HTTP2ServerTransport.ConnectionConfigurator.ConnectionChannel, Never> {
    try await ServerBootstrap.forCallers(group: group, backlog: settings.backlog)
      .serverChannelInitializer { [acceptWarning] channel in
        listenerConfigurator.configure(channel: channel).flatMapThrowing {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(acceptWarning))
        }
      }
      .bind(host: settings.host, port: settings.port) { channel in
        let configured = channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel) }.flatMap {
          connectionConfigurator.configure(
            channel: channel, tls: tls == nil ? .none : .configured(requireALPN: false))
        }
        // Nobody else closes the channel of an initializer that fails.
        configured.whenFailure { _ in channel.close(promise: nil) }
        return configured
      }
  }

  private func addHandlers(to channel: any Channel) throws {
    guard connections.add(channel) else {
      counts.connectionTurnedAway()
      throw TooMany()
    }
    channel.closeFuture.whenComplete { [connections] _ in connections.remove(channel) }
    try tls?.addHandlers(for: .http2, to: channel, handshakeTimeout: TimeAmount(settings.handshakeTimeout))
    try channel.pipeline.syncOperations.addHandler(GRPCConnection(settings, connections, peers))
  }
}

/// gRPC over HTTP/2 on connections that ``GRPCListening`` accepts.
typealias GRPCTransport = HTTP2ServerTransport.Custom<GRPCListening>

extension GRPCTransport.Config {
  init(_ settings: GRPCSettings, _ reception: HookReception, _ counts: GRPCCounts) {
    self = .defaults
    // Unpacked after the secret was seen, by `Gzip`.
    compression.enabledAlgorithms = .none
    connection.maxGraceTime = settings.graceTime
    connection.keepalive.time = settings.keepaliveTime
    connection.keepalive.timeout = settings.keepaliveTimeout
    connection.keepalive.clientBehavior.allowWithoutCalls = true
    connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = settings.leastPingInterval
    http2.maxConcurrentStreams = settings.maximumStreams
    rpc.maxRequestPayloadSize = settings.maximumReadBytes
    // Meant for a look at the channels, and the only way to a stream's.
    channelDebuggingCallbacks.onAcceptHTTP2Stream = { stream in
      stream.eventLoop.makeCompletedFuture {
        guard let parent = stream.parent else { throw ChannelError.ioOnClosedChannel }
        let connection = try parent.pipeline.syncOperations.handler(type: GRPCConnection.self)
        let handler = GRPCStream(on: connection, reception, counts, bodyTime: TimeAmount(settings.answerTime))
        try stream.pipeline.syncOperations.addHandler(handler, position: .first)
      }
    }
  }
}
