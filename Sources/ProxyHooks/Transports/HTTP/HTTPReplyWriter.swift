import NIOCore

/// Writes replies as bytes, head and body into one buffer, so that a reply is one write.
///
/// Each connection has its own. The buffer is used again once the last reply has left it, and the `Date` line is made
/// once a second at most.
struct HTTPReplyWriter {
  private var buffer: ByteBuffer
  private var dateSecond: Int64 = -1
  private var dateLine: [UInt8] = []

  init(allocator: ByteBufferAllocator) {
    buffer = allocator.buffer(capacity: 512)
  }

  /// The interim answer to `Expect: 100-continue`.
  mutating func `continue`() -> ByteBuffer {
    buffer.clear()
    buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    return buffer
  }

  /// A whole reply. With `isLast` it says that the connection ends with it.
  mutating func reply(_ reply: HTTPReply, isLast: Bool) -> ByteBuffer {
    begin(reply.status, bodyBytes: reply.body.count, isLast: isLast)
    switch reply.contentType {
    case .json: buffer.writeStaticString("Content-Type: application/json\r\n\r\n")
    case .metrics: buffer.writeStaticString("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n\r\n")
    case .page:
      buffer.writeStaticString(Self.browserLines)
      buffer.writeStaticString("Content-Type: text/html; charset=utf-8\r\n\r\n")
    case .style:
      buffer.writeStaticString(Self.browserLines)
      buffer.writeStaticString("Content-Type: text/css; charset=utf-8\r\n\r\n")
    }
    buffer.writeBytes(reply.body)
    return buffer
  }

  /// What a browser may do with the console's pages: show them with their stylesheet, send their forms back here, and
  /// nothing else; no script, no frame, no copy kept, nothing for other sites.
  private static let browserLines: StaticString = """
    Content-Security-Policy: default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r
    X-Content-Type-Options: nosniff\r
    Referrer-Policy: no-referrer\r
    Cache-Control: no-store\r
    Cross-Origin-Resource-Policy: same-origin\r
    Cross-Origin-Opener-Policy: same-origin\r

    """

  /// A whole reply to a request that is turned away.
  mutating func refusal(_ refusal: HTTPRefusal, isLast: Bool) -> ByteBuffer {
    begin(refusal.status, bodyBytes: refusal.body.utf8CodeUnitCount, isLast: isLast)
    if let line = refusal.headerLine { buffer.writeStaticString(line) }
    buffer.writeStaticString("Content-Type: application/json\r\n\r\n")
    buffer.writeStaticString(refusal.body)
    return buffer
  }

  private mutating func begin(_ status: HTTPStatus, bodyBytes: Int, isLast: Bool) {
    // A large reply's room is not kept for the connection's whole life.
    if buffer.capacity > 16_384 { buffer = ByteBuffer() }
    buffer.clear()
    buffer.reserveCapacity(bodyBytes + 512)
    buffer.writeStaticString(status.line)
    writeDate()
    buffer.writeStaticString("Content-Length: ")
    buffer.writeString(String(bodyBytes))
    buffer.writeStaticString(isLast ? "\r\nConnection: close\r\n" : "\r\n")
  }

  private mutating func writeDate() {
    let second = UTCTime.now.seconds
    if second != dateSecond {
      dateSecond = second
      dateLine = Array("Date: \(UTCTime(seconds: second).httpDate)\r\n".utf8)
    }
    buffer.writeBytes(dateLine)
  }
}
