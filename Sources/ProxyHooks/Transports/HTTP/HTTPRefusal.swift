/// A request that is turned away: not a well-formed one, or not from a known caller.
///
/// Never a hook's decision, which is always a 200; Centrifugo takes each of these as a failed call.
enum HTTPRefusal: Error, CaseIterable, Sendable {
  /// No HTTP/1 message, or one whose end two readers could see at different places.
  case malformed
  /// The caller's secret is missing, wrong, or there are several.
  case unauthorized
  /// The console's token is missing, wrong, or there are several.
  case noConsoleToken
  /// Too many wrong tokens came to the console: for a moment none is looked at.
  case tooManyTokens
  /// No such path.
  case notFound
  /// The path is there for POST alone.
  case notPost
  /// The path is there for GET alone.
  case notGet
  /// The head or the body took too long to come.
  case tooSlow
  /// The body is over the limit.
  case bodyTooLarge
  /// An `Expect` other than `100-continue`.
  case unknownExpectation
  /// The head is over a limit.
  case headTooLarge
  /// Too many connections, or too many requests being answered.
  case overloaded

  /// The answer's status.
  var status: HTTPStatus {
    switch self {
    case .malformed: .badRequest
    case .unauthorized, .noConsoleToken: .unauthorized
    case .tooManyTokens: .tooManyRequests
    case .notFound: .notFound
    case .notPost, .notGet: .methodNotAllowed
    case .tooSlow: .requestTimeout
    case .bodyTooLarge: .contentTooLarge
    case .unknownExpectation: .expectationFailed
    case .headTooLarge: .headerFieldsTooLarge
    case .overloaded: .unavailable
    }
  }

  /// The answer's body: fixed, so that nothing of the request or of the service's insides is in it.
  var body: StaticString {
    switch self {
    case .malformed: #"{"error":{"code":400,"message":"malformed request"}}"#
    case .unauthorized: #"{"error":{"code":401,"message":"caller not known"}}"#
    case .noConsoleToken: #"{"error":{"code":401,"message":"token wanted"}}"#
    case .tooManyTokens: #"{"error":{"code":429,"message":"too many wrong tokens"}}"#
    case .notFound: #"{"error":{"code":404,"message":"no such path"}}"#
    case .notPost, .notGet: #"{"error":{"code":405,"message":"method not allowed"}}"#
    case .tooSlow: #"{"error":{"code":408,"message":"request too slow"}}"#
    case .bodyTooLarge: #"{"error":{"code":413,"message":"body too large"}}"#
    case .unknownExpectation: #"{"error":{"code":417,"message":"unknown expectation"}}"#
    case .headTooLarge: #"{"error":{"code":431,"message":"head too large"}}"#
    case .overloaded: #"{"error":{"code":503,"message":"overloaded"}}"#
    }
  }

  /// A header line of its own that the status asks for (RFC 9110, sections 11.6.1 and 15.5.6), its line end included.
  var headerLine: StaticString? {
    switch self {
    case .unauthorized: "WWW-Authenticate: X-ProxyHooks-Secret\r\n"
    case .noConsoleToken: "WWW-Authenticate: Basic realm=\"ProxyHooks console\", charset=\"UTF-8\"\r\n"
    case .tooManyTokens: "Retry-After: 10\r\n"
    case .notPost: "Allow: POST\r\n"
    case .notGet: "Allow: GET\r\n"
    default: nil
    }
  }
}
