/// What an HTTP server's connections ask about a head, before they read the body.
protocol HTTPResponder: Sendable {
  /// Judges a head.
  ///
  /// - Parameters:
  ///   - caller: the name in the caller's certificate; nil without mutual TLS.
  ///   - arrival: the reading of `CLOCK_MONOTONIC` when it came, in nanoseconds.
  func admit(_ head: HTTPHead, from caller: String?, arrival: UInt64) -> Result<any HTTPAdmitted, HTTPRefusal>
}

/// A request whose head was let in.
protocol HTTPAdmitted: Sendable {
  /// Whether it shows that its caller may be here, so that its connection may stay.
  var isKnown: Bool { get }

  /// Whether there is a place for it; where there is none it is turned away as `overloaded` before its body is looked at.
  var hasPlace: Bool { get }

  /// The answer to it where it can't be taken all the same; nil for the refusal's own.
  func reply(turnedAway refusal: HTTPRefusal) -> HTTPReply?

  /// Answers it, now that it is whole. Runs on the connection's event loop unless it hops away itself.
  func respond(to body: [UInt8]) async -> HTTPReply
}

extension HTTPAdmitted {
  var isKnown: Bool { true }

  var hasPlace: Bool { true }

  func reply(turnedAway refusal: HTTPRefusal) -> HTTPReply? { nil }
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
