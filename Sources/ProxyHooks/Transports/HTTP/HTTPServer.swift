import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Storage
import Synchronization

/// Listens, accepts and shuts down; ``HTTPConnection`` does the rest.
final class HTTPServer: Sendable {
  private let settings: HTTPSettings
  private let tls: TLSIdentities?
  private let group: any EventLoopGroup
  private let logger: Logger
  private let acceptWarning: RareWarning
  private let connections: Connections
  private let shared: HTTPConnection.Shared
  private let executors: [ObjectIdentifier: EventLoopTaskExecutor]
  private let listening = Mutex<[any Channel]>([])

  init(
    settings: HTTPSettings, responder: any HTTPResponder, metrics: Metrics?, tls: TLSIdentities? = nil,
    group: any EventLoopGroup, logger: Logger
  ) {
    self.settings = settings
    self.tls = tls
    self.group = group
    self.logger = logger
    acceptWarning = RareWarning(logger)
    connections = Connections(
      maximumConnections: settings.maximumConnections, maximumInFlight: settings.maximumInFlight)
    shared = .init(
      responder: responder, connections: connections, metrics: metrics,
      maximumHeaderBytes: settings.maximumHeaderBytes, maximumHeaderCount: settings.maximumHeaderCount,
      maximumBodyBytes: settings.maximumBodyBytes, headerTimeout: TimeAmount(settings.headerTimeout),
      strangerTimeout: TimeAmount(settings.strangerTimeout),
      bodyTimeout: TimeAmount(settings.bodyTimeout), drainIdleTime: TimeAmount(settings.drainIdleTime))
    executors = Dictionary(
      group.makeIterator().map { (ObjectIdentifier($0), EventLoopTaskExecutor($0)) }, uniquingKeysWith: { $1 })
  }

  /// How many connections are open.
  var connectionCount: Int { connections.count }

  /// Whether the responder has a request.
  var isAnswering: Bool { connections.requestCount > 0 }

  /// The ports listened on, in the order of the settings' hosts.
  var ports: [Int] { listening.withLock { $0.compactMap(\.localAddress?.port) } }

  /// Binds every address, or throws and leaves none bound.
  func start() async throws {
    for host in settings.hosts {
      do {
        let channel = try await bootstrap.bind(host: host, port: settings.port).get()
        listening.withLock { $0.append(channel) }
        logger.info(
          "listening", metadata: ["host": "\(host)", "port": "\(channel.localAddress?.port ?? settings.port)"])
      } catch {
        await stopListening()
        throw error
      }
    }
  }

  /// Serves until the service group shuts down, then drains. Throws where a listening socket ends by itself.
  func run() async throws {
    if listening.withLock(\.isEmpty) { try await start() }
    let (ends, end) = AsyncStream<Void>.makeStream()
    for channel in listening.withLock({ $0 }) { channel.closeFuture.whenComplete { _ in end.yield() } }
    let hasEnded = await cancelWhenGracefulShutdown {
      var ends = ends.makeAsyncIterator()
      return await ends.next() != nil
    }
    await drain()
    if hasEnded { throw ChannelError.eof }
  }

  /// Stops accepting, lets what is under way be answered, and cuts what is left after the drain time.
  func drain() async {
    await stopListening()
    connections.beginDrain()
    let deadline = Deadline.after(milliseconds: settings.drainTime.milliseconds)
    while !connections.isIdle, !deadline.hasPassed {
      do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
    }
    if connections.count > 0 { logger.warning("connections cut", metadata: ["count": "\(connections.count)"]) }
    connections.closeAll()
  }

  private func stopListening() async {
    let channels = listening.withLock { channels in
      defer { channels = [] }
      return channels
    }
    for channel in channels { try? await channel.close().get() }
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap.forCallers(group: group, backlog: settings.backlog)
      .serverChannelInitializer { [acceptWarning] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(acceptWarning))
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      // A request comes in one read; a second would only be told that there is nothing more.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel) }
      }
  }

  private func addHandlers(to channel: any Channel) throws {
    guard connections.add(channel), let executor = executors[ObjectIdentifier(channel.eventLoop)] else {
      shared.metrics?.refused(.overloaded)
      // A handshake only to say so would cost more than what there is too much of.
      guard tls == nil else { return channel.close(promise: nil) }
      return try channel.pipeline.syncOperations.addHandler(HTTPTurnAway())
    }
    channel.closeFuture.whenComplete { [connections] _ in connections.remove(channel) }
    try tls?.addHandlers(for: .http1, to: channel, handshakeTimeout: TimeAmount(settings.handshakeTimeout))
    try channel.pipeline.syncOperations.addHandler(
      HTTPConnection(shared: shared, executor: executor, allocator: channel.allocator))
  }
}
