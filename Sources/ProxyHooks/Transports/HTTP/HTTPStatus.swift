/// The statuses the service answers with (RFC 9110, section 15; RFC 6585 for 429 and 431).
enum HTTPStatus: Int, CaseIterable, Sendable {
  case ok = 200
  case badRequest = 400
  case unauthorized = 401
  case notFound = 404
  case methodNotAllowed = 405
  case requestTimeout = 408
  case contentTooLarge = 413
  case expectationFailed = 417
  case tooManyRequests = 429
  case headerFieldsTooLarge = 431
  case unavailable = 503

  /// The status line, its line end included.
  var line: StaticString {
    switch self {
    case .ok: "HTTP/1.1 200 OK\r\n"
    case .badRequest: "HTTP/1.1 400 Bad Request\r\n"
    case .unauthorized: "HTTP/1.1 401 Unauthorized\r\n"
    case .notFound: "HTTP/1.1 404 Not Found\r\n"
    case .methodNotAllowed: "HTTP/1.1 405 Method Not Allowed\r\n"
    case .requestTimeout: "HTTP/1.1 408 Request Timeout\r\n"
    case .contentTooLarge: "HTTP/1.1 413 Content Too Large\r\n"
    case .expectationFailed: "HTTP/1.1 417 Expectation Failed\r\n"
    case .tooManyRequests: "HTTP/1.1 429 Too Many Requests\r\n"
    case .headerFieldsTooLarge: "HTTP/1.1 431 Request Header Fields Too Large\r\n"
    case .unavailable: "HTTP/1.1 503 Service Unavailable\r\n"
    }
  }
}
