import NIOHTTP1

/// What a head says of the message around it, judged more strictly than NIO's parser does.
///
/// The parser (llhttp in its strict mode) refuses bare line feeds, folded lines, a `Content-Length` that is repeated,
/// signed, a list or beside a `Transfer-Encoding`. The rest of the head is here, a chunked body's in ``ChunkScanner``.
struct HTTPFraming {
  /// The body's length in bytes; nil where it is chunked or there is none.
  var contentLength: UInt64?
  /// Whether a body follows.
  var hasBody: Bool
  /// Whether the caller waits for leave to send the body (RFC 9110, section 10.1.1).
  var expectsContinue: Bool
  /// Whether the connection can carry another request.
  var isKeepAlive: Bool

  /// Throws a refusal for a head that is not to be trusted.
  init(_ head: HTTPRequestHead) throws(HTTPRefusal) {
    let isHTTP11 = head.version == .http1_1
    guard isHTTP11 || head.version == .http1_0 else { throw .malformed }

    // RFC 9112, section 3.2: exactly one and a good one, but for HTTP/1.0, which did not know it.
    switch head.headers.only("host") {
    case .one(let host): guard host.utf8.allSatisfy(Self.mayStandInHost) else { throw .malformed }
    case .absent: guard !isHTTP11 else { throw .malformed }
    case .several: throw .malformed
    }

    // RFC 9112, section 6.1: `chunked` alone, as nothing here decodes another coding; HTTP/1.0 has none.
    let isChunked: Bool
    switch head.headers.only("transfer-encoding") {
    case .absent: isChunked = false
    case .one(let coding):
      guard isHTTP11, coding.isSameASCII(as: "chunked") else { throw .malformed }
      isChunked = true
    case .several: throw .malformed
    }

    switch head.headers.only("content-length") {
    case .absent: contentLength = nil
    case .one(let text):
      guard !isChunked, let length = UInt64(text), !text.hasPrefix("+") else { throw .malformed }
      contentLength = length
    case .several: throw .malformed
    }
    hasBody = isChunked || (contentLength ?? 0) > 0

    switch head.headers.only("expect") {
    case .absent: expectsContinue = false
    case .one(let text):
      guard text.isSameASCII(as: "100-continue") else { throw .unknownExpectation }
      // RFC 9110, section 10.1.1: an HTTP/1.0 caller's expectation is ignored.
      expectsContinue = isHTTP11
    case .several: throw .unknownExpectation
    }

    // After either of these the parser takes what follows for another protocol and reads no further.
    let changesProtocol = head.method == .CONNECT || head.headers.contains(name: "upgrade")
    // HTTP/1.0 has its own way of keeping connections, which no Centrifugo uses.
    isKeepAlive = isHTTP11 && head.isKeepAlive && !changesProtocol
  }

  /// The characters of a host and port (RFC 3986, sections 3.2.2 and 3.2.3): no list, no user, no path.
  private static func mayStandInHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~%!$&'()*+;=:[]".utf8.contains(byte)
    }
  }
}
