import CentrifugoProxyAPI
import GRPCCore
import GRPCNIOTransportHTTP2TransportServices
import Storage
import StrictJSON
import SwiftProtobuf

/// The hooks' side of gRPC: which call is one, what its message says, how its reply is spelled.
///
/// Calls come from the transport as they are, not through the library's own server, which fails a call whose message it
/// can't read: what a known caller sends is answered with a refusal.
struct GRPCCalls: Sendable {
  typealias Stream = RPCStream<GRPCTransport.Inbound, GRPCTransport.Outbound>

  private enum Answer {
    case message([UInt8])
    case refusal(GRPCRefusal)
    /// Nobody is there to be answered.
    case none
  }

  private enum Body {
    case whole([UInt8])
    case missing
    case several
    /// The call ended before its message did.
    case lost
  }

  let reception: HookReception
  let connections: Connections
  let peers: GRPCPeers
  let counts: GRPCCounts
  let maximumBodyBytes: Int
  let isReady: @Sendable () -> Bool
  private let decoder: GRPCHookRequestDecoder

  init(
    settings: GRPCSettings, reception: HookReception, connections: Connections, peers: GRPCPeers, counts: GRPCCounts,
    isReady: @escaping @Sendable () -> Bool
  ) {
    self.reception = reception
    self.connections = connections
    self.peers = peers
    self.counts = counts
    self.isReady = isReady
    maximumBodyBytes = settings.maximumBodyBytes
    decoder = GRPCHookRequestDecoder(limits: JSONLimits(maximumBytes: settings.maximumBodyBytes))
  }

  /// Answers one call, whatever it is.
  func take(_ stream: Stream, _ context: ServerContext) async {
    var parts = stream.inbound.makeAsyncIterator()
    if case .metadata(let metadata)? = try? await parts.next() {
      let headers = GRPCHeaders(metadata: metadata)
      let arrival = headers.arrival ?? Deadline.now
      let peer = peers.peer(remote: context.remotePeer, local: context.localPeer)
      switch await answer(stream.descriptor, headers, peer, arrival: arrival, &parts) {
      case .message(let bytes):
        try? await stream.outbound.write(contentsOf: [
          .metadata([:]), .message(GRPCNIOTransportBytes(bytes)), .status(Status(code: .ok, message: ""), [:]),
        ])
      case .refusal(let refusal):
        counts.refused(refusal)
        try? await stream.outbound.write(.status(refusal.status, [:]))
      case .none: break
      }
    }
    await stream.outbound.finish()
  }

  private func answer(
    _ descriptor: MethodDescriptor, _ headers: GRPCHeaders, _ peer: GRPCPeer?, arrival: UInt64,
    _ parts: inout GRPCTransport.Inbound.AsyncIterator
  ) async -> Answer {
    let method = GRPCMethod.all[descriptor] ?? .unserved
    if case .health = method { return await health(await body(&parts)) }
    guard let peer else { return .refusal(.gone) }
    guard case .hook(let kind) = method else {
      guard reception.knows(headers) else { return .refusal(.unauthenticated) }
      peer.admitted(among: connections)
      return refusal(of: method, arrival)
    }
    guard var route = reception.admit(kind, headers, from: peer.name, arrival: arrival) else {
      return .refusal(.unauthenticated)
    }
    peer.admitted(among: connections)
    if let timeout = headers.timeout {
      let (end, overflow) = arrival.addingReportingOverflow(timeout)
      if !overflow { route.deadline = min(route.deadline, Deadline(nanoseconds: end)) }
    }
    switch await body(&parts) {
    case .whole(let message): return await hook(route, message)
    case .missing: return await hook(route, fault: .notProtobuf)
    case .several: return await hook(route, fault: .severalMessages)
    case .lost: return .none
    }
  }

  private func hook(_ route: HookRoute, _ received: [UInt8]) async -> Answer {
    var message = received
    if Gzip.isGzip(received) {
      do throws(Gzip.Failure) {
        message = try Gzip.unpacked(received, atMost: maximumBodyBytes)
      } catch {
        switch error {
        case .tooLong:
          counts.turnedAway()
          return spelled(reception.refuse(route, .tooLarge), route, .json)
        case .broken: return await hook(route, fault: .notProtobuf)
        }
      }
    }
    guard message.count <= maximumBodyBytes else {
      counts.turnedAway()
      return spelled(reception.refuse(route, .tooLarge), route, .json)
    }
    guard reception.hasPlace(for: route), connections.beginRequest() else {
      counts.turnedAway()
      return spelled(reception.refuse(route, .unavailable), route, .json)
    }
    defer { connections.endRequest() }
    let answer = await reception.answer(route) { request throws(HookFault) in
      try decoder.decode(message, into: &request)
    }
    return spelled(answer.reply, route, answer.encoding)
  }

  private func hook(_ route: HookRoute, fault: HookFault) async -> Answer {
    let answer = await reception.answer(route) { _ throws(HookFault) in throw fault }
    return spelled(answer.reply, route, answer.encoding)
  }

  /// A method of Centrifugo's that is no hook of ours, called by Centrifugo: its configuration has something switched on
  /// that nobody here decides.
  private func refusal(of method: GRPCMethod, _ arrival: UInt64) -> Answer {
    counts.notServed(at: arrival)
    do {
      switch method {
      case .stream: return .message(try HookReply.refusedStream(.unknownMethod))
      case .refused: return .message(try HookReply.refusedMethod(.unknownMethod))
      case .hook, .unserved, .health: return .refusal(.unserved)
      }
    } catch { return .refusal(.unwritten) }
  }

  private func spelled(_ reply: HookReply, _ route: HookRoute, _ encoding: HookRequest.Encoding) -> Answer {
    do { return .message(try reply.protobuf(for: route.kind, encoding: encoding)) } catch {
      return .refusal(.unwritten)
    }
  }

  /// Whether hooks should be sent here. Asked without a secret, as whoever watches over a service has none.
  private func health(_ body: Body) async -> Answer {
    guard case .whole(let bytes) = body,
      let request = try? Grpc_Health_V1_HealthCheckRequest(serializedBytes: bytes)
    else { return .refusal(.unknownService) }
    let names = ["", Centrifugal_Centrifugo_Proxy_CentrifugoProxy.descriptor.fullyQualifiedService]
    guard names.contains(request.service) else { return .refusal(.unknownService) }
    var response = Grpc_Health_V1_HealthCheckResponse()
    response.status = isReady() && !connections.isDraining ? .serving : .notServing
    do { return .message(try response.serializedBytes()) } catch { return .refusal(.unwritten) }
  }

  /// A call's one message.
  private func body(_ parts: inout GRPCTransport.Inbound.AsyncIterator) async -> Body {
    var body: [UInt8]?
    do {
      while let part = try await parts.next() {
        guard case .message(let bytes) = part, body == nil else { return .several }
        body = bytes.withUnsafeBytes { Array($0) }
      }
    } catch {
      return .lost
    }
    return body.map(Body.whole) ?? .missing
  }
}
