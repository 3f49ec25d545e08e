import Logging
import NIOCore
public import ServiceLifecycle

/// Serves what operators and their tools ask, on an address of its own: `GET /healthz`, `/readyz` and `/metrics`, and the
/// reviewers' console.
///
/// Only the console asks for a secret, so the address is one that only they reach.
public final class OperationsListener: Service {
  private let server: HTTPServer

  /// A listener that is not bound yet.
  ///
  /// - Parameters:
  ///   - host: the address listened on.
  ///   - port: the TCP port; 0 lets the system choose.
  ///   - metrics: what `/metrics` renders.
  ///   - readiness: asked by each `/readyz`, on an event loop; it must not block.
  ///   - console: the reviewers' pages; nil answers their paths as any other that there is not.
  ///   - group: the event loops that serve; shut down after the listener, by its owner.
  ///   - logger: for the listener's own life.
  init(
    host: String = "127.0.0.1", port: Int = 9_090, metrics: Metrics, readiness: @escaping @Sendable () -> Readiness,
    console: Console? = nil, group: any EventLoopGroup, logger: Logger
  ) {
    var settings = HTTPSettings()
    settings.hosts = [host]
    settings.port = port
    settings.maximumBodyBytes = 0
    settings.maximumHeaderBytes = 8_192
    settings.maximumConnections = 64
    settings.maximumInFlight = 64
    settings.strangerTimeout = .seconds(20)
    settings.headerTimeout = .seconds(5)
    settings.drainTime = .seconds(1)
    settings.drainIdleTime = .zero
    server = HTTPServer(
      settings: settings, responder: OperationsHandler(metrics: metrics, readiness: readiness, console: console),
      metrics: nil,
      group: group, logger: logger)
  }

  /// The port listened on; nil before ``start()``.
  public var port: Int? { server.ports.first }

  /// Binds and serves. Throws where the address cannot be bound.
  public func start() async throws { try await server.start() }

  /// Binds, unless that was done, and serves until the service group shuts down or the task is cancelled. It should be
  /// the last service to end, so that `/readyz` tells of the others' draining.
  public func run() async throws { try await server.run() }

  /// Stops serving.
  public func drain() async { await server.drain() }
}

/// Answers the three paths, and hands the console's to it.
struct OperationsHandler: HTTPResponder {
  enum Route: Sendable {
    case probe(Probe)
    case console(ConsoleRoute)
  }

  enum Probe: String, Sendable {
    case healthz = "/healthz"
    case readyz = "/readyz"
    case metrics = "/metrics"
  }

  let metrics: Metrics
  let readiness: @Sendable () -> Readiness
  var console: Console?

  func admit(_ head: HTTPHead, from caller: String?, arrival: UInt64) -> Result<any HTTPAdmitted, HTTPRefusal> {
    let path = head.path
    if let console, let route = ConsoleRoute(path) {
      return console.admit(head, to: route, arrival: arrival).map { Admitted(handler: self, route: .console($0)) }
    }
    guard let probe = Probe(rawValue: path) else { return .failure(.notFound) }
    guard head.method == .get else { return .failure(.notGet) }
    return .success(Admitted(handler: self, route: .probe(probe)))
  }

  private struct Admitted: HTTPAdmitted {
    let handler: OperationsHandler
    let route: Route

    /// Anybody may ask for the probes, so who does has shown nothing: such a connection ends when it idles, and gives way to
    /// a newer one when all places are taken.
    var isKnown: Bool {
      switch route {
      case .probe: false
      case .console: true
      }
    }

    func respond(to body: [UInt8]) async -> HTTPReply {
      switch route {
      case .console(let route): await handler.console?.respond(to: route) ?? HTTPReply(status: .notFound, body: [])
      case .probe(let probe): handler.answer(probe)
      }
    }
  }

  private func answer(_ probe: Probe) -> HTTPReply {
    switch probe {
    case .healthz: return HTTPReply(body: Array(#"{"status":"alive"}"#.utf8))
    case .readyz:
      let readiness = readiness()
      return HTTPReply(status: readiness.isReady ? .ok : .unavailable, body: readiness.json)
    case .metrics: return HTTPReply(contentType: .metrics, body: Array(metrics.text.utf8))
    }
  }
}
