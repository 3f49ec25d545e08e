import NIOCore

/// Stands before HTTP/2 on each connection: says whose it is, and ends it when its time is over.
final class GRPCConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let settings: GRPCSettings
  private let connections: Connections
  private let peers: GRPCPeers
  private var caller: String?
  private var timers: [Scheduled<Void>] = []
  private var peer: GRPCPeer?
  private var isEnding = false
  private var strangeCount = 0

  init(_ settings: GRPCSettings, _ connections: Connections, _ peers: GRPCPeers) {
    self.settings = settings
    self.connections = connections
    self.peers = peers
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let name = event as? TLSCallerName { caller = name.text }
    if event is ChannelShouldQuiesceEvent {
      end(context)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelActive(context: ChannelHandlerContext) {
    let peer = GRPCPeer(name: caller, channel: context.channel)
    self.peer = peer
    peers.add(peer, context.channel)
    let loop = context.eventLoop.assumeIsolated()
    timers.append(
      loop.scheduleTask(in: TimeAmount(settings.strangerTimeout)) {
        if !peer.isKnown { context.close(promise: nil) }
      })
    if let age = settings.maximumAge {
      timers.append(loop.scheduleTask(in: TimeAmount(age * Double.random(in: 0.9...1.1))) { self.end(context) })
    }
    context.fireChannelActive()
    if connections.isDraining { end(context) }
  }

  /// Closes in a turn of its own: a connection that HTTP/2 closes while it reads, as for a flood, is never freed where a
  /// stream is open (swift-nio-http2 1.46).
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    context.eventLoop.assumeIsolated().execute { context.close(mode: mode, promise: promise) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    for timer in timers { timer.cancel() }
    timers = []
    context.fireChannelInactive()
  }

  /// Takes a call without the secret up; false where the connection has as many as it may. Each true is followed by one
  /// ``endStrange()``.
  func beginStrange() -> Bool {
    guard strangeCount < settings.maximumStrangeStreams else { return false }
    strangeCount += 1
    return true
  }

  /// A call without the secret has ended.
  func endStrange() { strangeCount -= 1 }

  /// Tells the caller to open another connection, and lets calls under way be answered. The library's own time for that
  /// begins when the caller has answered a ping, which it may never do.
  private func end(_ context: ChannelHandlerContext) {
    guard !isEnding else { return }
    isEnding = true
    // A stranger is not waited for.
    guard peer?.isKnown == true else { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    timers.append(
      context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(settings.graceTime + .seconds(1))) {
        context.close(promise: nil)
      })
  }
}
