import NIOCore
import NIOHTTP1
import Storage

/// One HTTP/1 connection: requests one after another, in order, each admitted by its head, read, answered, written.
///
/// What comes while a request is being answered waits, up to a bound, and nothing more is read from the socket. A
/// connection that is to end says so in its last reply, closes its sending side and throws away what still comes for a
/// moment: closed at once with unread bytes, the kernel would reset it and the caller might never see the reply.
final class HTTPConnection<Responder: HTTPResponder>: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What the server's connections have in common.
  struct Shared: Sendable {
    var responder: Responder
    var connections: Connections
    var metrics: Metrics?
    var maximumBodyBytes: Int
    var headerTimeout: TimeAmount
    var strangerTimeout: TimeAmount
    var bodyTimeout: TimeAmount
    var drainIdleTime: TimeAmount
  }

  private enum State {
    /// Between requests; the parser may hold a part of a head.
    case idle
    /// A head was admitted, its body is coming.
    case receiving(Responder.Route, body: [UInt8], isKeepAlive: Bool)
    /// The responder has the request.
    case answering(isKeepAlive: Bool)
    /// The last reply is written, the sending side closed.
    case ending
    /// The channel is gone.
    case ended
  }

  private enum Waiting {
    case part(HTTPServerRequestPart, Arrival)
    case refusal(HTTPRefusal)
  }

  /// What is known of a head when it comes; of no use for other parts.
  private struct Arrival {
    /// Of `CLOCK_MONOTONIC`, in nanoseconds.
    var time: UInt64 = 0
    var framing: Result<HTTPFraming, HTTPRefusal> = .failure(.malformed)
  }

  /// How long the end of a caller's sending is waited for after the last reply.
  private static var lingerTime: TimeAmount { .seconds(1) }
  /// The most request parts that wait: far beyond what a caller that pipelines does.
  private static var maximumWaiting: Int { 256 }

  private let shared: Shared
  private let executor: EventLoopTaskExecutor
  private let boundary: HTTPBoundary
  private var writer: HTTPReplyWriter
  private var state = State.idle
  private var waiting = CircularBuffer<Waiting>(initialCapacity: 0)
  private var isReadWanted = false
  private var hasInputEnded = false
  private var hasOutputEnded = false
  private var isDraining = false
  private var hasReadPart = false
  private var hasHeadBegun = false
  /// Whether a request was ever admitted here: a connection of Centrifugo's may idle for ever, a stranger's may not.
  private var isKnown = false
  private var caller: String?
  private var timer: Scheduled<Void>?

  init(
    shared: Shared, executor: EventLoopTaskExecutor, boundary: HTTPBoundary, allocator: ByteBufferAllocator
  ) {
    self.shared = shared
    self.boundary = boundary
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
    waiting.removeAll()
    state = .ended
    context.fireChannelInactive()
  }
}

// What comes in.
extension HTTPConnection {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasReadPart = true
    let part = unwrapInboundIn(data)
    var arrival = Arrival()
    switch part {
    case .head(let head):
      arrival.time = Deadline.now
      arrival.framing = Result { () throws(HTTPRefusal) in try HTTPFraming(head) }
      boundary.headEnded(try? arrival.framing.get())
    case .body: break
    case .end: boundary.messageEnded()
    }
    if mustWait(context) {
      enqueue(.part(part, arrival))
    } else {
      take(part, arrival, context)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch state {
    // Bytes came and no part of a request did: a head has begun.
    case .idle, .answering:
      if !hasReadPart, waiting.isEmpty, !hasHeadBegun {
        hasHeadBegun = true
        // The clock on a stranger's idleness gives way to the one on the head.
        if !isKnown { cancelTimer() }
      }
    case .receiving, .ending, .ended: break
    }
    hasReadPart = false
    watchTime(context)
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    // While a request is answered one read ahead is let through: to stop and start reading for each request would cost
    // two system calls.
    if waiting.isEmpty { context.read() } else { isReadWanted = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    takeWaiting(context)
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow: inputFailed(.headTooLarge, context)
    case is HTTPParserError: inputFailed(.malformed, context)
    case let refusal as HTTPRefusal: inputFailed(refusal, context)
    // The parser has failed before, and said so then.
    case is ByteToMessageDecoderError: break
    default: context.close(promise: nil)
    }
  }

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

  private func inputFailed(_ refusal: HTTPRefusal, _ context: ChannelHandlerContext) {
    if mustWait(context) { enqueue(.refusal(refusal)) } else { refuse(refusal, context) }
  }

  /// Whether what comes now has to wait for its turn.
  private func mustWait(_ context: ChannelHandlerContext) -> Bool {
    switch state {
    case .answering: true
    case .ending, .ended: false
    // A caller that does not read its replies gets no more of them.
    case .idle, .receiving: !waiting.isEmpty || !context.channel.isWritable
    }
  }

  private func enqueue(_ item: Waiting) {
    if waiting.count < Self.maximumWaiting {
      waiting.append(item)
    } else if waiting.count == Self.maximumWaiting {
      waiting.append(.refusal(.malformed))
    }
  }

  private func takeWaiting(_ context: ChannelHandlerContext) {
    while let item = waiting.first {
      switch state {
      case .answering, .ended: return
      case .idle, .receiving: guard context.channel.isWritable else { return }
      case .ending: break
      }
      waiting.removeFirst()
      switch item {
      case .part(let part, let arrival): take(part, arrival, context)
      case .refusal(let refusal): refuse(refusal, context)
      }
    }
    endIfInputEnded(context)
    watchTime(context)
    if isReadWanted, waiting.isEmpty {
      isReadWanted = false
      context.read()
    }
  }

  private func endIfInputEnded(_ context: ChannelHandlerContext) {
    guard hasInputEnded, waiting.isEmpty else { return }
    switch state {
    case .idle, .receiving: end(context)
    case .ending: if hasOutputEnded { context.close(promise: nil) }
    // The reply comes yet: a caller may close its sending side and still read.
    case .answering, .ended: break
    }
  }
}

// A request's way.
extension HTTPConnection {
  private func take(_ part: HTTPServerRequestPart, _ arrival: Arrival, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      guard case .idle = state else { return }
      cancelTimer()
      hasHeadBegun = false
      do {
        try begin(head, arrival, context)
      } catch {
        refuse(error, context)
      }
    case .body(let bytes):
      guard case .receiving(let route, var body, let isKeepAlive) = state else { return }
      state = .idle  // or the array would be copied
      guard body.count + bytes.readableBytes <= shared.maximumBodyBytes else {
        return refuse(.bodyTooLarge, route, context)
      }
      body.append(contentsOf: bytes.readableBytesView)
      state = .receiving(route, body: body, isKeepAlive: isKeepAlive)
    case .end:
      guard case .receiving(let route, let body, let isKeepAlive) = state else { return }
      cancelTimer()
      answer(route, body: body, isKeepAlive: isKeepAlive, context)
    }
  }

  private func begin(
    _ head: HTTPRequestHead, _ arrival: Arrival, _ context: ChannelHandlerContext
  ) throws(HTTPRefusal) {
    let framing = try arrival.framing.get()
    let route = try shared.responder.admit(head, from: caller, arrival: arrival.time).get()
    if !isKnown, shared.responder.isKnown(by: route) {
      isKnown = true
      shared.connections.know(context.channel)
    }
    guard framing.contentLength ?? 0 <= UInt64(shared.maximumBodyBytes) else {
      return refuse(.bodyTooLarge, route, context)
    }
    if framing.expectsContinue, framing.hasBody {
      context.writeAndFlush(wrapOutboundOut(writer.continue()), promise: nil)
    }
    var body: [UInt8] = []
    body.reserveCapacity(Int(framing.contentLength ?? 0))
    state = .receiving(route, body: body, isKeepAlive: framing.isKeepAlive)
  }

  private func answer(
    _ route: Responder.Route, body: [UInt8], isKeepAlive: Bool, _ context: ChannelHandlerContext
  ) {
    guard shared.connections.beginRequest() else {
      shared.metrics?.refused(.overloaded)
      state = .answering(isKeepAlive: isKeepAlive)
      let reply = shared.responder.reply(to: route, turnedAway: .overloaded)
      return write(isKeepAlive: isKeepAlive, context) { writer, isLast in
        reply.map { writer.reply($0, isLast: isLast) } ?? writer.refusal(.overloaded, isLast: isLast)
      }
    }
    state = .answering(isKeepAlive: isKeepAlive)
    let (responder, connections, loop) = (shared.responder, shared.connections, context.eventLoop)
    let connection = NIOLoopBound((self, context), eventLoop: loop)
    Task(executorPreference: executor) {
      let reply = await responder.respond(to: route, body: body)
      connections.endRequest()
      if loop.inEventLoop {
        connection.value.0.finish(reply, connection.value.1)
      } else {
        loop.execute { connection.value.0.finish(reply, connection.value.1) }
      }
    }
  }

  private func finish(_ reply: HTTPReply, _ context: ChannelHandlerContext) {
    guard case .answering(let isKeepAlive) = state else { return }
    write(isKeepAlive: isKeepAlive, context) { $0.reply(reply, isLast: $1) }
    takeWaiting(context)
  }
}

// What goes out.
extension HTTPConnection {
  private func write(
    isKeepAlive: Bool, _ context: ChannelHandlerContext,
    _ bytes: (inout HTTPReplyWriter, _ isLast: Bool) -> ByteBuffer
  ) {
    // Requests that came whole before the drain are answered before the connection ends.
    let isLast = !isKeepAlive || (isDraining || hasInputEnded) && waiting.isEmpty
    context.writeAndFlush(wrapOutboundOut(bytes(&writer, isLast)), promise: nil)
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
  private func refuse(_ refusal: HTTPRefusal, _ route: Responder.Route, _ context: ChannelHandlerContext) {
    guard let reply = shared.responder.reply(to: route, turnedAway: refusal) else { return refuse(refusal, context) }
    shared.metrics?.refused(refusal)
    context.writeAndFlush(wrapOutboundOut(writer.reply(reply, isLast: true)), promise: nil)
    end(context)
  }

  private func end(_ context: ChannelHandlerContext) {
    state = .ending
    waiting.removeAll()
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
    guard waiting.isEmpty else { return }
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
