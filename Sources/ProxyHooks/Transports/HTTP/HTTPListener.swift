public import Auth
public import Logging
public import NIOCore
public import ServiceLifecycle

/// Serves Centrifugo's hooks over HTTP/1.1: `POST <prefix>/connect`, `/refresh`, `/subscribe`, `/sub_refresh`,
/// `/publish` and `/rpc`.
///
/// Every decision, refusals among them, is a 200 with Centrifugo's own error or disconnect in it. Another status is for
/// requests that are not from a well-behaved Centrifugo: 400, 401, 404, 405, 408, 417, 431, 503.
public final class HTTPListener: Service {
  private let server: HTTPServer

  /// A listener that is not bound yet.
  ///
  /// - Parameters:
  ///   - settings: where and within which limits.
  ///   - secrets: what callers present in `X-ProxyHooks-Secret`; nil takes requests from everybody.
  ///   - answering: what decides; it is called on the connection's event loop.
  ///   - observer: takes what was answered here without `answering`, and counts what was turned away.
  ///   - tls: what makes the listener one of TLS; nil serves in clear.
  ///   - group: the event loops that serve; shut down after the listener, by its owner.
  ///   - logger: for the listener's own life; requests go to `observer`.
  public init(
    settings: HTTPSettings, secrets: CallerSecrets?, answering: any HookAnswering, observer: HookObserver,
    tls: TLSIdentities? = nil, group: any EventLoopGroup, logger: Logger
  ) {
    let handler = HookHTTPHandler(
      settings: settings, secrets: secrets, answering: answering, observer: observer, logger: logger)
    let server = HTTPServer(
      settings: settings, responder: handler, metrics: observer.metrics, tls: tls, group: group, logger: logger)
    observer.metrics.addGauge("proxyhooks_http_connections", help: "Open connections of the hooks' listener.") {
      [weak server] in Double(server?.connectionCount ?? 0)
    }
    self.server = server
  }

  /// The ports listened on, in the order of ``HTTPSettings/hosts``; empty before ``start()``.
  public var ports: [Int] { server.ports }

  /// Whether a request that was received is not answered yet.
  public var isAnswering: Bool { server.isAnswering }

  /// Binds and serves. Throws where an address cannot be bound, and leaves none bound then.
  public func start() async throws { try await server.start() }

  /// Binds, unless that was done, and serves until the service group shuts down or the task is cancelled; then
  /// ``drain()``. Throws where an address cannot be bound or a listening socket ends by itself.
  public func run() async throws { try await server.run() }

  /// Stops accepting, answers what is under way with `Connection: close`, closes connections that stay idle, and cuts
  /// what is left after ``HTTPSettings/drainTime``, or at once in a cancelled task.
  public func drain() async { await server.drain() }
}
