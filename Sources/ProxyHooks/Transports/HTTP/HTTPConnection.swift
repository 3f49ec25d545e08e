import NIOCore
import Storage

/// One HTTP/1 connection: requests one after another, in order, each admitted by its head, read, answered, written.
///
/// What comes while a request is being answered waits as the bytes it is, and nothing more is read from the socket. A
/// connection that is to end says so in its last reply, closes its sending side and throws away what still comes for a
/// moment: closed at once with unread bytes, the kernel would reset it and the caller might never see the reply.
final class HTTPConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What the server's connections have in common.
  struct Shared: Sendable {
    var responder: any HTTPResponder
    var connections: Connections
    var metrics: Metrics?
    var maximumHeaderBytes: Int
    var maximumHeaderCount: Int
    var maximumBodyBytes: Int
    var headerTimeout: TimeAmount
    var strangerTimeout: TimeAmount
    var bodyTimeout: TimeAmount
    var drainIdleTime: TimeAmount
  }

  /// A request whose body is coming.
  private struct Receiving {
    let request: any HTTPAdmitted
    let isKeepAlive: Bool
    var body: [UInt8] = []
    /// What is left of a body of a stated length, in bytes; of one in chunks nothing is known.
    var left: Int
    var chunks: ChunkScanner?
  }

  private enum State {
    /// Between requests; a part of a head may have come.
    case idle
    /// A head was admitted, its body is coming.
    case receiving(Receiving)
    /// The responder has the request.
    case answering(isKeepAlive: Bool)
    /// The last reply is written, the sending side closed.
    case ending
    /// The channel is gone.
    case ended
  }

  /// How long the end of a caller's sending is waited for after the last reply.
  private static let lingerTime = TimeAmount.seconds(1)
  /// The most requests of one read: far beyond what a caller that pipelines does.
  private static let maximumPipelined = 128

  private let shared: Shared
  private let executor: EventLoopTaskExecutor
  private var writer: HTTPReplyWriter
  private var state = State.idle
  /// What came and is not taken yet.
  private var input = ByteBuffer()
  private var scanner = HTTPHeadScanner()
  /// When the newest of ``input`` came: a reading of `CLOCK_MONOTONIC`, in nanoseconds. Of what had to wait, the oldest.
  private var arrival: UInt64 = 0
  private var pipelined = 0
  /// Whether ``input`` waits for an answer, or for the caller to read what it was answered.
  private var isHeld = false
  private var isTaking = false
  private var isReadWanted = false
  private var hasInputEnded = false
  private var hasOutputEnded = false
  private var isDraining = false
  private var hasHeadBegun = false
  /// Whether a request was ever admitted here: a connection of Centrifugo's may idle for ever, a stranger's may not.
  private var isKnown = false
  private var caller: String?
  private var timer: Scheduled<Void>?
  /// Runs while the caller does not read.
  private var stallTimer: Scheduled<Void>?

  init(shared: Shared, executor: EventLoopTaskExecutor, allocator: ByteBufferAllocator) {
    self.shared = shared
    self.executor = executor
    writer = HTTPReplyWriter(allocator: allocator)
  }

  func channelActive(context: ChannelHandlerContext) {
    isDraining = shared.connections.isDraining
    watchTime(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    cancelTimer()
    stallTimer?.cancel()
    input = ByteBuffer()
    state = .ended
    context.fireChannelInactive()
  }
}

// What comes in.
extension HTTPConnection {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    case .ending, .ended: return
    case .idle, .receiving, .answering: break
    }
    var bytes = unwrapInboundIn(data)
    if !isHeld { arrival = Deadline.now }
    if input.readableBytes == 0 {
      input = bytes
    } else {
      // A buffer keeps what was read until it is told: requests that each end within a read would grow it without end.
      input.discardReadBytes()
      input.writeBuffer(&bytes)
    }
    pipelined = 0
    takeInput(context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    watchTime(context)
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    // While a request is answered one read ahead is let through: to stop and start reading for each request would cost
    // two system calls.
    if isHeld { isReadWanted = true } else { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    // Who asks and does not read what is answered is as slow as who does not send.
    if context.channel.isWritable {
      stallTimer?.cancel()
      stallTimer = nil
    } else if stallTimer == nil {
      stallTimer = context.eventLoop.assumeIsolated().scheduleTask(in: shared.bodyTimeout) {
        context.close(promise: nil)
      }
    }
    takeInput(context)
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ChannelEvent.inputClosed:
      hasInputEnded = true
      endIfInputEnded(context)
    case let name as TLSCallerName: caller = name.text
    case is ChannelShouldQuiesceEvent:
      isDraining = true
      if case .idle = state, !hasHeadBegun { cancelTimer() }
      watchTime(context)
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Takes what can be taken now: whole requests that are answered at once, one after the other, and a part of the next.
  private func takeInput(_ context: ChannelHandlerContext) {
    guard !isTaking else { return }
    isTaking = true
    isHeld = !takeRequests(context)
    isTaking = false
    guard !isHeld else { return }
    endIfInputEnded(context)
    watchTime(context)
    if isReadWanted {
      isReadWanted = false
      context.read()
    }
  }

  /// False where bytes are left that have to wait for something other than more of them.
  private func takeRequests(_ context: ChannelHandlerContext) -> Bool {
    while input.readableBytes > 0 {
      do throws(HTTPRefusal) {
        switch state {
        case .idle:
          // A caller that does not read its replies gets no more of them.
          guard context.channel.isWritable else { return false }
          guard try takeHead(context) else { return true }
        case .receiving(var request):
          guard context.channel.isWritable else { return false }
          state = .idle  // or the body would be copied
          try takeBody(of: &request, context)
        case .answering: return false
        case .ending, .ended: input = ByteBuffer()
        }
      } catch {
        refuse(error, context)
      }
    }
    return true
  }

  private func endIfInputEnded(_ context: ChannelHandlerContext) {
    guard hasInputEnded, !isHeld else { return }
    switch state {
    case .idle where input.readableBytes == 0: end(context)
    case .idle, .receiving: refuse(.malformed, context)
    case .ending: if hasOutputEnded { context.close(promise: nil) }
    // The reply comes yet: a caller may close its sending side and still read.
    case .answering, .ended: break
    }
  }
}

// A request's way.
extension HTTPConnection {
  /// Takes a head, and what is there of the body behind it; false where the head goes on.
  private func takeHead(_ context: ChannelHandlerContext) throws(HTTPRefusal) -> Bool {
    let bytes = input
    let end = try scanner.end(in: bytes.readableBytesUInt8Span, maximumBytes: shared.maximumHeaderBytes)
    guard let end else {
      // The clock on a stranger's idleness gives way to the one on the head.
      if !hasHeadBegun, !isKnown { cancelTimer() }
      hasHeadBegun = true
      return false
    }
    input.moveReaderIndex(forwardBy: scanner.start)
    guard let head = input.readSlice(length: end - scanner.start) else { throw .malformed }
    scanner = HTTPHeadScanner()
    hasHeadBegun = false
    cancelTimer()
    pipelined += 1
    guard pipelined <= Self.maximumPipelined else { throw .malformed }
    try begin(try HTTPHead(head, maximumFields: shared.maximumHeaderCount), context)
    return true
  }

  private func begin(_ head: HTTPHead, _ context: ChannelHandlerContext) throws(HTTPRefusal) {
    let framing = try HTTPFraming(head)
    let request = try shared.responder.admit(head, from: caller, arrival: arrival).get()
    if !isKnown, request.isKnown {
      isKnown = true
      shared.connections.know(context.channel)
    }
    let length = framing.contentLength ?? 0
    guard length <= UInt64(shared.maximumBodyBytes) else { return refuse(.bodyTooLarge, request, context) }
    if framing.expectsContinue, framing.hasBody {
      context.writeAndFlush(wrapOutboundOut(writer.continue()), promise: nil)
    }
    guard framing.hasBody else { return answer(request, body: [], isKeepAlive: framing.isKeepAlive, context) }
    var receiving = Receiving(request: request, isKeepAlive: framing.isKeepAlive, left: Int(length))
    if framing.contentLength == nil { receiving.chunks = ChunkScanner() }
    try takeBody(of: &receiving, context)
  }

  private func takeBody(of request: inout Receiving, _ context: ChannelHandlerContext) throws(HTTPRefusal) {
    let isWhole: Bool
    if var chunks = request.chunks {
      let bytes = input
      switch chunks.take(bytes.readableBytesUInt8Span, into: &request.body, maximumBytes: shared.maximumBodyBytes) {
      case .goesOn:
        request.chunks = chunks
        input.moveReaderIndex(forwardBy: input.readableBytes)
        isWhole = false
      case .ends(let count):
        input.moveReaderIndex(forwardBy: count)
        isWhole = true
      case .malformed: throw .malformed
      case .tooLarge: return refuse(.bodyTooLarge, request.request, context)
      }
    } else {
      let part = input.readBytes(length: min(request.left, input.readableBytes)) ?? []
      request.left -= part.count
      isWhole = request.left == 0
      if request.body.isEmpty { request.body = part } else { request.body += part }
    }
    guard isWhole else { return state = .receiving(request) }
    cancelTimer()
    answer(request.request, body: request.body, isKeepAlive: request.isKeepAlive, context)
  }

  private func answer(
    _ request: any HTTPAdmitted, body: [UInt8], isKeepAlive: Bool, _ context: ChannelHandlerContext
  ) {
    // The last of what was read goes before the wait, so that its room can be used for another read.
    if input.readableBytes == 0 { input = ByteBuffer() }
    state = .answering(isKeepAlive: isKeepAlive)
    guard request.hasPlace, shared.connections.beginRequest() else {
      shared.metrics?.refused(.overloaded)
      let reply = request.reply(turnedAway: .overloaded)
      return write(isKeepAlive: isKeepAlive, context) { writer, isLast in
        reply.map { writer.reply($0, isLast: isLast) } ?? writer.refusal(.overloaded, isLast: isLast)
      }
    }
    let place = Place(connection: self, context: context)
    executor.start {
      let reply = await request.respond(to: body)
      place.finish(reply)
    }
  }

  private func finish(_ reply: HTTPReply, _ context: ChannelHandlerContext) {
    guard case .answering(let isKeepAlive) = state else { return }
    write(isKeepAlive: isKeepAlive, context) { $0.reply(reply, isLast: $1) }
    guard !isTaking else { return }
    if input.readableBytes == 0 {
      takeInput(context)
    } else {
      // Not from within the task that ends here: the next request is a task of its own.
      let place = Place(connection: self, context: context)
      context.eventLoop.execute { place.connection.takeInput(place.context) }
    }
  }

  /// A connection and its place in the pipeline, for a task to come back to.
  ///
  /// `@unchecked Sendable` is right because both are used on their event loop alone: a task has them in its hands, and
  /// uses them only through ``finish(_:)``, which goes to the loop first.
  private struct Place: @unchecked Sendable {
    let connection: HTTPConnection
    let context: ChannelHandlerContext

    func finish(_ reply: HTTPReply) {
      connection.shared.connections.endRequest()
      if context.eventLoop.inEventLoop {
        connection.finish(reply, context)
      } else {
        context.eventLoop.execute { connection.finish(reply, context) }
      }
    }
  }
}

// What goes out.
extension HTTPConnection {
  private func write(
    isKeepAlive: Bool, _ context: ChannelHandlerContext,
    _ bytes: (inout HTTPReplyWriter, _ isLast: Bool) -> ByteBuffer
  ) {
    // Requests that came before the drain are answered before the connection ends.
    let isLast = !isKeepAlive || (isDraining || hasInputEnded) && input.readableBytes == 0
    context.writeAndFlush(wrapOutboundOut(bytes(&writer, isLast)), promise: nil)
    // Where the caller was gone, the write has ended the channel.
    guard case .answering = state else { return }
    if isLast { end(context) } else { state = .idle }
  }

  /// Turns the request at hand away, and with it the connection: whoever sent it is no caller of ours, or what follows
  /// it cannot be told apart from it.
  private func refuse(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
    switch state {
    case .ending, .ended: return
    case .idle, .receiving, .answering: break
    }
    shared.metrics?.refused(refusal)
    context.writeAndFlush(wrapOutboundOut(writer.refusal(refusal, isLast: true)), promise: nil)
    end(context)
  }

  /// Turns an admitted request away, in the words of whoever admitted it, and ends the connection, as what is left of
  /// the request is not read.
  private func refuse(_ refusal: HTTPRefusal, _ request: any HTTPAdmitted, _ context: ChannelHandlerContext) {
    guard let reply = request.reply(turnedAway: refusal) else { return refuse(refusal, context) }
    shared.metrics?.refused(refusal)
    context.writeAndFlush(wrapOutboundOut(writer.reply(reply, isLast: true)), promise: nil)
    end(context)
  }

  private func end(_ context: ChannelHandlerContext) {
    state = .ending
    input = ByteBuffer()
    isHeld = false
    cancelTimer()
    startTimer(shared.bodyTimeout, context) { $1.close(promise: nil) }
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { [self] _ in hasSentAll(context) }
    if hasInputEnded {
      // Closing one side now would close both, with what is still unsent.
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    } else {
      context.close(mode: .output, promise: sent)
    }
  }

  private func hasSentAll(_ context: ChannelHandlerContext) {
    guard case .ending = state else { return }
    hasOutputEnded = true
    guard !hasInputEnded else { return context.close(promise: nil) }
    cancelTimer()
    startTimer(Self.lingerTime, context) { $1.close(promise: nil) }
  }

  /// Sets the clock on what is waited for. None runs between requests, before a head's first byte, unless the server
  /// is draining or nobody has shown that they may be here.
  private func watchTime(_ context: ChannelHandlerContext) {
    guard !isHeld else { return }
    switch state {
    case .receiving: startTimer(shared.bodyTimeout, context) { $0.refuse(.tooSlow, $1) }
    case .idle where hasHeadBegun: startTimer(shared.headerTimeout, context) { $0.refuse(.tooSlow, $1) }
    case .idle where isDraining: startTimer(shared.drainIdleTime, context) { $0.end($1) }
    case .idle where !isKnown: startTimer(shared.strangerTimeout, context) { $0.end($1) }
    case .idle, .answering, .ending, .ended: break
    }
  }

  /// Starts the timer unless it runs: more bytes do not give a slow caller more time.
  private func startTimer(
    _ time: TimeAmount, _ context: ChannelHandlerContext,
    _ action: @escaping (HTTPConnection, ChannelHandlerContext) -> Void
  ) {
    guard timer == nil else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
      timer = nil
      action(self, context)
    }
  }

  private func cancelTimer() {
    timer?.cancel()
    timer = nil
  }
}
