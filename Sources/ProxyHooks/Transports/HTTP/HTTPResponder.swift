import NIOHTTP1

/// What an HTTP server's connections ask: first about the head alone, then with the body.
protocol HTTPResponder: Sendable {
  /// What ``admit(_:arrival:)`` learned from the head.
  associatedtype Route: Sendable

  /// Judges a head before its body is read.
  ///
  /// - Parameters:
  ///   - caller: the name in the caller's certificate; nil without mutual TLS.
  ///   - arrival: the reading of `CLOCK_MONOTONIC` when it came, in nanoseconds.
  func admit(_ head: HTTPRequestHead, from caller: String?, arrival: UInt64) -> Result<Route, HTTPRefusal>

  /// Whether a request that was admitted shows that its caller may be here, so that its connection may stay.
  func isKnown(by route: Route) -> Bool

  /// The answer to a request that was admitted and can't be taken all the same; nil for the refusal's own.
  func reply(to route: Route, turnedAway refusal: HTTPRefusal) -> HTTPReply?

  /// Answers a whole request. Runs on the connection's event loop unless it hops away itself.
  func respond(to route: Route, body: [UInt8]) async -> HTTPReply
}

extension HTTPResponder {
  func isKnown(by route: Route) -> Bool { true }

  func reply(to route: Route, turnedAway refusal: HTTPRefusal) -> HTTPReply? { nil }
}

/// A whole answer.
struct HTTPReply: Sendable {
  enum ContentType: Sendable {
    case json
    /// Prometheus' text exposition format, 0.0.4.
    case metrics
    /// A page of the console.
    case page
    /// The console's stylesheet.
    case style
  }

  var status = HTTPStatus.ok
  var contentType = ContentType.json
  var body: [UInt8]
}
