import Logging
import NIOCore
import Storage

/// Stops accepting for a moment when the kernel has no descriptor for another connection. The one that waits stays
/// readable, and an event loop that is told so again and again would do nothing else.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private static let pause = TimeAmount.milliseconds(100)
  private let warning: RareWarning
  private var isPausing = false

  init(_ warning: RareWarning) { self.warning = warning }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is IOError, !isPausing, let options = context.channel.syncOptions {
      isPausing = true
      // The error's own text has the call and errno's name for it.
      warning.note(at: Deadline.now, "a connection can't be accepted", metadata: ["why": "\(error)"])
      // Either fails for a channel that is closed, which accepts nothing anyway.
      try? options.setOption(.autoRead, value: false)
      context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
        isPausing = false
        try? options.setOption(.autoRead, value: true)
      }
    }
    // Not told further: what listens for gRPC would take it for the listening socket's end.
    if !(error is IOError) { context.fireErrorCaught(error) }
  }
}
