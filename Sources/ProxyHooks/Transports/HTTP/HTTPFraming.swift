/// What a head says of the message around it: the one reading of it, and a strict one. Where another reader could find
/// another end of the message, it is refused.
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
  init(_ head: HTTPHead) throws(HTTPRefusal) {
    let isHTTP11 = head.isHTTP11
    // RFC 9112, section 3.2: exactly one and a good one, but for HTTP/1.0, which did not know it.
    switch head.only("host") {
    case .one(let host): guard host.utf8.allSatisfy(Self.mayStandInHost) else { throw .malformed }
    case .absent: guard !isHTTP11 else { throw .malformed }
    case .several: throw .malformed
    }

    // RFC 9112, section 6.1: `chunked` alone, as nothing here decodes another coding; HTTP/1.0 has none.
    let isChunked: Bool
    switch head.only("transfer-encoding") {
    case .absent: isChunked = false
    case .one(let coding):
      guard isHTTP11, coding.isSameASCII(as: "chunked"), !head.isPadded("transfer-encoding") else { throw .malformed }
      isChunked = true
    case .several: throw .malformed
    }

    switch head.only("content-length") {
    case .absent: contentLength = nil
    case .one(let text):
      guard !isChunked, text.utf8.allSatisfy(Self.isDigit), let length = UInt64(text) else { throw .malformed }
      contentLength = length
    case .several: throw .malformed
    }
    hasBody = isChunked || (contentLength ?? 0) > 0

    switch head.only("expect") {
    case .absent: expectsContinue = false
    case .one(let text):
      guard text.isSameASCII(as: "100-continue") else { throw .unknownExpectation }
      // RFC 9110, section 10.1.1: an HTTP/1.0 caller's expectation is ignored.
      expectsContinue = isHTTP11
    case .several: throw .unknownExpectation
    }

    // What follows a request for another protocol could be taken for that.
    // HTTP/1.0 has its own way of keeping connections, which no Centrifugo uses.
    isKeepAlive = isHTTP11 && !head.has("upgrade") && !head.lists("close", in: "connection")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

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
