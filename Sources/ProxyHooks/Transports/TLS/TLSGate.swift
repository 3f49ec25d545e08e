import NIOCore
import NIOSSL
import NIOTLS

/// Stands between TLS and HTTP until the handshake is done and the caller's certificate has a name that may call. Nothing
/// of HTTP hears of a connection before that, so no request of a stranger's is ever read.
final class TLSGate: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case shakingHands
    case open
    case refused
  }

  /// The clock on the wall can be set, so a long wait is looked at again.
  private static let longestWait: Int64 = 3_600

  private let identities: TLSIdentities
  private let isMutual: Bool
  private let handshakeTimeout: TimeAmount
  private var state = State.shakingHands
  private var timer: Scheduled<Void>?

  init(_ identities: TLSIdentities, isMutual: Bool, handshakeTimeout: TimeAmount) {
    self.identities = identities
    self.isMutual = isMutual
    self.handshakeTimeout = handshakeTimeout
  }

  func handlerAdded(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: handshakeTimeout) { [self] in
      timer = nil
      refuse(.timedOut, context)
    }
  }

  func channelActive(context: ChannelHandlerContext) {
    // HTTP is told when the gate opens.
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    state = .refused
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .shakingHands = state, case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
      timer?.cancel()
      timer = nil
      shookHands(context)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .open = state { context.fireChannelRead(data) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .open = state { context.fireChannelReadComplete() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .shakingHands:
      refuse(TLSRefusal(error), detail: TLSRefusal.libraryReasons(of: error).joined(separator: " "), context)
    case .open: context.fireErrorCaught(error)
    case .refused: break
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    // TLS would keep half a close until a handshake that may never be done.
    if case .shakingHands = state {
      context.close(mode: .all, promise: promise)
    } else {
      context.close(mode: mode, promise: promise)
    }
  }

  private func shookHands(_ context: ChannelHandlerContext) {
    if isMutual {
      // A resumed session brings the certificate of its first handshake, which the library does not verify again: its
      // time is looked at here. A session from before the files were read anew is not resumed, as each context has ticket
      // keys of its own.
      guard let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
        let certificate = handler.peerCertificate
      else { return refuse(.noCertificate, context) }
      let now = identities.unixTime
      guard Int64(certificate.notValidBefore) <= now, now <= Int64(certificate.notValidAfter) else {
        return refuse(.badCertificate, context)
      }
      guard let name = certificate.name(among: identities.settings.clientNames) else {
        return refuse(.unknownName, detail: certificate.namesForLog, context)
      }
      context.fireUserInboundEventTriggered(TLSCallerName(text: name.description))
      endWithCertificate(notAfter: Int64(certificate.notValidAfter), context)
    }
    state = .open
    context.fireChannelActive()
  }

  /// Lets the connection finish what it has and end when the certificate that opened it ends: an idle connection of
  /// Centrifugo's stays open for ever otherwise.
  private func endWithCertificate(notAfter: Int64, _ context: ChannelHandlerContext) {
    let (left, overflow) = notAfter.subtractingReportingOverflow(identities.unixTime)
    guard overflow || left >= 0 else {
      return context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
    let wait = overflow ? Self.longestWait : min(left + 1, Self.longestWait)
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(wait)) { [self] in
      timer = nil
      endWithCertificate(notAfter: notAfter, context)
    }
  }

  private func refuse(
    _ refusal: TLSRefusal, detail: @autoclosure () -> String? = nil, _ context: ChannelHandlerContext
  ) {
    guard case .shakingHands = state else { return }
    state = .refused
    timer?.cancel()
    timer = nil
    identities.refused(refusal, detail: detail())
    context.close(promise: nil)
  }
}
