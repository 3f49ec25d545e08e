import NIOCore

/// Ends a connection that is one too many, with an answer where it still fits, and holds it no longer than that.
final class HTTPTurnAway: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelActive(context: ChannelHandlerContext) {
    var writer = HTTPReplyWriter(allocator: context.channel.allocator)
    context.writeAndFlush(wrapOutboundOut(writer.refusal(.overloaded, isLast: true)), promise: nil)
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
