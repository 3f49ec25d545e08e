import NIOCore
import NIOHPACK
import NIOHTTP2
import Storage

/// Stands first on the stream of each call, before the library's handler: says when the call came, when its message is
/// whole, and bounds what a stranger's call holds.
///
/// The end of the caller's side is told to the library as an event and not as part of a frame, as it tells nobody of an end
/// that comes with the headers (grpc-swift-nio-transport 2.9.2). Of packing it is told nothing: see ``Gzip``.
final class GRPCStream: ChannelDuplexHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias InboundOut = HTTP2Frame.FramePayload
  typealias OutboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  /// The most that is taken of a call without the secret, in bytes; a health check is a few.
  private static let strangersBytes = 4_096

  private let connection: GRPCConnection
  private let reception: HookReception
  private let counts: GRPCCounts
  private let bodyTime: TimeAmount
  private var hasBegun = false
  private var isStrange = false
  private var bytes = 0
  /// Whether the caller has ended its side.
  private var hasEnded = false
  /// Whether nothing more is taken of the message.
  private var isWhole = false
  private var timer: Scheduled<Void>?

  /// - Parameters:
  ///   - connection: the call's.
  ///   - bodyTime: how long the call's message may take.
  init(on connection: GRPCConnection, _ reception: HookReception, _ counts: GRPCCounts, bodyTime: TimeAmount) {
    self.connection = connection
    self.reception = reception
    self.counts = counts
    self.bodyTime = bodyTime
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var isLast = false
    switch unwrapInboundIn(data) {
    case .headers(var part):
      if !hasBegun {
        guard begin(&part.headers, context) else { return }
      }
      (isLast, part.endStream) = (part.endStream, false)
      context.fireChannelRead(wrapInboundOut(.headers(part)))
    case .data(var part):
      if bytes == 0 { clearFlag(&part.data) }
      bytes += part.data.readableBytes
      guard !isStrange || bytes <= Self.strangersBytes else { return reset(.enhanceYourCalm, context) }
      (isLast, part.endStream) = (part.endStream, false)
      if !isWhole { context.fireChannelRead(wrapInboundOut(.data(part))) }
    case let other: context.fireChannelRead(wrapInboundOut(other))
    }
    if isLast {
      hasEnded = true
      finish(context)
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var isLast = false
    if case .headers(let part) = unwrapOutboundIn(data) { isLast = part.endStream }
    guard isLast, !hasEnded else { return context.write(data, promise: promise) }
    // The answer is whole and the caller has not ended: it need not go on (RFC 9113, section 8.1), and holds nothing. What is
    // written before the answer has gone would take its place.
    let written = promise ?? context.eventLoop.makePromise()
    written.futureResult.assumeIsolated().whenSuccess { [self] in
      // It may have ended meanwhile, and the stream with it.
      if !hasEnded { context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil) }
    }
    context.write(data, promise: written)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    if isStrange { connection.endStrange() }
    isStrange = false
    context.fireChannelInactive()
  }

  /// False where the call is not taken up at all.
  private func begin(_ headers: inout HPACKHeaders, _ context: ChannelHandlerContext) -> Bool {
    hasBegun = true
    if !reception.knows(headers) {
      guard connection.beginStrange() else {
        reset(.refusedStream, context)
        return false
      }
      isStrange = true
    }
    // What packs replies, which are a few hundred bytes, would take a quarter of a megabyte; what unpacks is `Gzip`.
    headers.remove(name: "grpc-accept-encoding")
    headers.remove(name: "grpc-encoding")
    headers.replaceOrAdd(name: GRPCHeaders.arrivalKey, value: String(Deadline.now))
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: bodyTime) { [self] in
      timer = nil
      finish(context)
    }
    return true
  }

  /// Clears what says that the message is packed ("Length-Prefixed-Message" in gRPC's description of its protocol over
  /// HTTP/2): its own first bytes say so too.
  private func clearFlag(_ data: inout IOData) {
    guard case .byteBuffer(var buffer) = data, buffer.readableBytes > 0 else { return }
    buffer.setInteger(UInt8(0), at: buffer.readerIndex)
    data = .byteBuffer(buffer)
  }

  private func finish(_ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    guard !isWhole else { return }
    isWhole = true
    context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
  }

  private func reset(_ code: HTTP2ErrorCode, _ context: ChannelHandlerContext) {
    counts.strangeTurnedAway()
    context.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
    context.close(promise: nil)
  }
}
