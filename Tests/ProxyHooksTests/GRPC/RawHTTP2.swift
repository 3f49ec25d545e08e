/// Frames of HTTP/2 (RFC 9113), byte by byte.
enum RawHTTP2 {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
    let length = UInt32(payload.count)
    return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags]
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) } + payload
  }

  /// A literal header without indexing (RFC 7541, section 6.2.2).
  static func header(_ name: String, _ value: String) -> [UInt8] {
    [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)] + Array(value.utf8)
  }

  static func headers(
    secret: String? = TestListener.secret, path: String = "/centrifugal.centrifugo.proxy.CentrifugoProxy/Publish"
  ) -> [UInt8] {
    var block =
      header(":method", "POST") + header(":scheme", "http")
      + header(":path", path) + header(":authority", "h")
      + header("content-type", "application/grpc") + header("te", "trailers")
    if let secret { block += header("x-proxyhooks-secret", secret) }
    return block
  }
}
