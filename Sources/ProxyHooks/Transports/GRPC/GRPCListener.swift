public import Auth
import GRPCCore
import GRPCNIOTransportHTTP2TransportServices
public import Logging
public import NIOCore
public import ServiceLifecycle
import Storage
import Synchronization

/// Serves Centrifugo's hooks over gRPC: `centrifugal.centrifugo.proxy.CentrifugoProxy`, and `grpc.health.v1.Health`.
///
/// Every decision, refusals among them, is a response with status OK. Another status is for calls that are not from a
/// known caller, or have no response that could refuse: unauthenticated, unimplemented.
public final class GRPCListener: Service {
  private let settings: GRPCSettings
  /// Nil after ``close()``.
  private let transport: Mutex<GRPCTransport?>
  private let calls: GRPCCalls
  private let connections: Connections
  private let logger: Logger
  private let serving = Mutex<Task<Void, any Error>?>(nil)
  private let hasEnded = Atomic<Bool>(false)

  /// A listener that is not bound yet.
  ///
  /// - Parameters:
  ///   - settings: where and within which limits.
  ///   - secrets: what callers present in `x-proxyhooks-secret`; nil takes calls from everybody.
  ///   - answering: what decides.
  ///   - observer: takes what was answered here without `answering`, and counts what was turned away.
  ///   - tls: what makes the listener one of TLS; nil serves in clear.
  ///   - isReady: what the health check says; it must not block.
  ///   - group: the event loops that serve; shut down after the listener, by its owner.
  ///   - logger: for the listener's own life; calls go to `observer`.
  public init(
    settings: GRPCSettings, secrets: CallerSecrets?, answering: any HookAnswering, observer: HookObserver,
    tls: TLSIdentities? = nil, isReady: @escaping @Sendable () -> Bool, group: any EventLoopGroup, logger: Logger
  ) {
    self.settings = settings
    self.logger = logger
    let connections = Connections(
      maximumConnections: settings.maximumConnections, maximumInFlight: settings.maximumInFlight)
    let peers = GRPCPeers()
    observer.metrics.addGauge("proxyhooks_grpc_connections", help: "Open connections of the gRPC listener.") {
      Double(connections.count)
    }
    let reception = HookReception(
      secrets: secrets, clientAddressHeader: settings.clientAddressHeader, answerTime: settings.answerTime,
      answering: answering, observer: observer, logger: logger)
    let counts = GRPCCounts(metrics: observer.metrics, logger: logger)
    calls = GRPCCalls(
      settings: settings, reception: reception, connections: connections, peers: peers, counts: counts,
      isReady: isReady)
    let transport = GRPCTransport(
      listenerFactory: GRPCListening(
        settings: settings, tls: tls, connections: connections, peers: peers, counts: counts, group: group,
        acceptWarning: RareWarning(logger)),
      config: GRPCTransport.Config(settings, reception, counts))
    self.transport = Mutex(transport)
    self.connections = connections
  }

  /// The port listened on; nil before ``start()`` and after the end.
  public var port: Int? {
    get async {
      let address = await transport.withLock({ $0 })?.listeningAddress
      return address?.ipv4?.port ?? address?.ipv6?.port
    }
  }

  /// How many connections are open.
  var connectionCount: Int { connections.count }

  /// How many connections there ever were.
  var acceptedCount: UInt64 { connections.acceptedCount }

  /// Whether it is shutting down.
  var isDraining: Bool { connections.isDraining }

  /// Whether a call that was received is not answered yet.
  public var isAnswering: Bool { connections.requestCount > 0 }

  /// Binds and serves, and returns once it is bound. Throws where the address can't be bound.
  public func start() async throws {
    guard let transport = transport.withLock({ $0 }) else { throw ChannelError.alreadyClosed }
    var context = GRPCServerContext()
    context.methods = Array(GRPCMethod.all.keys)
    transport.configure(context: context)
    let task = Task { [self, calls] in
      defer { hasEnded.store(true, ordering: .releasing) }
      try await transport.listen { stream, context in await calls.take(stream, context) }
    }
    serving.withLock { $0 = task }
    guard let port = await port else {
      try await task.value
      throw ChannelError.eof
    }
    logger.info("listening for gRPC", metadata: ["host": "\(settings.host)", "port": "\(port)"])
  }

  /// Binds, unless that was done, and serves until the service group shuts down or the task is cancelled; then
  /// ``drain()``. Throws where the address can't be bound or the listening socket ends by itself.
  public func run() async throws {
    if serving.withLock({ $0 == nil }) { try await start() }
    let (ends, end) = AsyncStream<Void>.makeStream()
    if let task = serving.withLock({ $0 }) {
      Task {
        _ = await task.result
        end.yield()
      }
    }
    let hasEnded = await cancelWhenGracefulShutdown {
      var ends = ends.makeAsyncIterator()
      return await ends.next() != nil
    }
    await drain()
    if hasEnded { throw ChannelError.eof }
  }

  /// Stops accepting, tells every connection that it ends, answers what is under way, and cuts what is left after
  /// ``GRPCSettings/drainTime``, or at once in a cancelled task.
  public func drain() async {
    connections.beginDrain()
    transport.withLock { $0 }?.beginGracefulShutdown()
    let deadline = Deadline.after(milliseconds: settings.drainTime.milliseconds)
    while !connections.isIdle, !deadline.hasPassed {
      do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
    }
    if connections.count > 0 { logger.warning("connections cut", metadata: ["count": "\(connections.count)"]) }
    connections.closeAll()
    // It ends by itself now. Cancelled, it could drop a connection that was just accepted, which traps (swift-nio, issue
    // 3481); that is for a transport that does not end.
    let task = serving.withLock { $0 }
    let patience = Deadline.after(milliseconds: 5_000)
    while task != nil, !hasEnded.load(ordering: .acquiring), !patience.hasPassed {
      do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
    }
    task?.cancel()
    _ = await task?.result
    close()
  }

  /// Lets the transport go: its last act is on an event loop, so it must be gone before the loops are. Called by
  /// ``drain()``, and by the owner of the loops where it never came to that.
  public func close() { transport.withLock { $0 = nil } }
}
