import NIOCore

/// Cuts what comes into heads and bodies before the parser, and holds the parser to the same cuts: where the two differ,
/// or a chunked body has more in it than data, the message is refused.
///
/// The parser says nothing of chunk extensions, and a second reader is what request smuggling is tried against: if there
/// are bytes that two readers here take differently, there is no telling what the one before us took them for.
final class HTTPBoundary: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum State {
    /// In a head, with so many bytes of the CR LF CR LF that ends it.
    case head(matched: Int)
    case body(left: UInt64)
    case chunks(ChunkScanner)
    /// Nothing more is let through.
    case failed
  }

  private var state = State.head(matched: 0)
  /// What the parser has found since the last head began.
  private var framing: HTTPFraming?
  private var hasEnded = false

  /// The parser has found a head's end.
  func headEnded(_ framing: HTTPFraming?) { self.framing = framing }

  /// The parser has found a message's end.
  func messageEnded() { hasEnded = true }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    while bytes.readableBytes > 0 {
      switch state {
      case .head(let matched):
        let (count, matched) = Self.headEnd(in: bytes, matched: matched)
        pass(count, of: &bytes, context)
        if matched < 4 { state = .head(matched: matched) } else { beginBody(context) }
      case .body(let left):
        let count = Int(clamping: min(UInt64(bytes.readableBytes), left))
        pass(count, of: &bytes, context)
        state = .body(left: left - UInt64(count))
        if left == UInt64(count) { endMessage(context) }
      case .chunks(var scanner):
        switch scanner.scan(bytes.readableBytesView) {
        case .goesOn:
          state = .chunks(scanner)
          pass(bytes.readableBytes, of: &bytes, context)
        case .ends(let count):
          pass(count, of: &bytes, context)
          endMessage(context)
        case .malformed: fail(context)
        }
      case .failed: return
      }
    }
  }

  private func beginBody(_ context: ChannelHandlerContext) {
    guard let framing else { return fail(context) }
    if let length = framing.contentLength, length > 0 {
      state = .body(left: length)
    } else if framing.hasBody {
      state = .chunks(ChunkScanner())
    } else {
      endMessage(context)
    }
  }

  private func endMessage(_ context: ChannelHandlerContext) {
    guard hasEnded else { return fail(context) }
    framing = nil
    hasEnded = false
    state = .head(matched: 0)
  }

  private func fail(_ context: ChannelHandlerContext) {
    state = .failed
    context.fireErrorCaught(HTTPRefusal.malformed)
  }

  private func pass(_ count: Int, of bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
    if count == bytes.readableBytes {
      let part = bytes
      bytes = ByteBuffer()
      context.fireChannelRead(wrapInboundOut(part))
    } else if let part = bytes.readSlice(length: count) {
      context.fireChannelRead(wrapInboundOut(part))
    }
  }

  /// How many of the bytes are of the head, and how many of its last four the last of them are.
  private static func headEnd(in bytes: ByteBuffer, matched: Int) -> (count: Int, matched: Int) {
    // Every byte of every head comes by here, and the buffer's own view checks each against its bounds; the pointer is
    // used within the closure alone.
    bytes.withUnsafeReadableBytes { bytes in
      var matched = matched
      for (place, byte) in bytes.enumerated() {
        switch byte {
        case 0x0D: matched = matched == 2 ? 3 : 1
        case 0x0A where matched == 3: return (place + 1, 4)
        case 0x0A: matched = matched == 1 ? 2 : 0
        default: matched = 0
        }
      }
      return (bytes.count, matched)
    }
  }
}
