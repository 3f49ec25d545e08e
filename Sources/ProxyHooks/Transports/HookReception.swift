import Auth
import Logging
import NIOCore
import Storage

/// What all transports do around a hook in the same way: who may ask, what they forwarded, how long there is to answer,
/// and the record of what was refused before a hook was asked.
struct HookReception: Sendable {
  /// The header, or the key of the metadata, that the caller's secret comes in.
  static let secretHeader = "x-proxyhooks-secret"
  /// A presented secret is hashed, so its length is bounded.
  private static let maximumSecretBytes = 1_024

  private let secrets: CallerSecrets?
  private let clientAddressHeader: String?
  private let answerNanoseconds: UInt64
  private let answering: any HookAnswering
  private let observer: HookObserver
  private let strangers: RareWarning
  private let ids = RequestIDs()

  /// - Parameters:
  ///   - secrets: what callers present; nil takes requests from everybody.
  ///   - clientAddressHeader: where the client's address is forwarded; nil reads none.
  ///   - answerTime: how long an answer may take.
  init(
    secrets: CallerSecrets?, clientAddressHeader: String?, answerTime: Duration, answering: any HookAnswering,
    observer: HookObserver, logger: Logger
  ) {
    self.secrets = secrets
    self.clientAddressHeader = clientAddressHeader
    answerNanoseconds = UInt64(answerTime.milliseconds) * 1_000_000
    self.answering = answering
    self.observer = observer
    strangers = RareWarning(logger)
  }

  /// Lets a request in; nil for a stranger's.
  ///
  /// - Parameters:
  ///   - caller: the name in the caller's certificate; nil without mutual TLS.
  ///   - arrival: the reading of `CLOCK_MONOTONIC` when the request came, in nanoseconds.
  func admit(_ kind: HookKind, _ headers: some HookHeaders, from caller: String?, arrival: UInt64) -> HookRoute? {
    guard let secret = secretName(headers) else {
      strangers.note(
        at: arrival, "a request without the caller's secret: is PROXYHOOKS_SECRET the one Centrifugo was given?")
      return nil
    }
    let deadline = Deadline(nanoseconds: arrival.addingReportingOverflow(answerNanoseconds).partialValue)
    var route = HookRoute(kind: kind, deadline: deadline, received: arrival, caller: caller ?? secret)
    if case .one(let value) = headers.only("authorization") { route.authorization = value }
    if let name = clientAddressHeader {
      // Spelled anew, so that one address has one spelling wherever it is compared or counted. An edge that sends none,
      // or what is none, must not be a way around the limit: they are all counted as one.
      route.clientAddress = ""
      if case .one(let value) = headers.only(name) {
        route.clientAddress = (try? SocketAddress(ipAddress: value, port: 0).ipAddress) ?? ""
      }
    }
    return route
  }

  /// Whether a request that was admitted would be decided now.
  func hasPlace(for route: HookRoute) -> Bool { answering.hasPlace(for: route.kind) }

  /// Whether whoever sent `headers` is a caller of ours.
  func knows(_ headers: some HookHeaders) -> Bool { secretName(headers) != nil }

  /// Refuses an admitted request that can't be taken: an answer like any other, since a failed call would let
  /// Centrifugo's refresh and sub_refresh go on, and tell a client whose message is too long to try again.
  func refuse(_ route: HookRoute, _ code: Code) -> HookReply {
    record(request(of: route), route, code, reason: code.name)
    return .error(code)
  }

  /// Answers an admitted request; with the reply comes how it is to carry bytes.
  ///
  /// - Parameter fill: reads the request's bytes.
  func answer(
    _ route: HookRoute, _ fill: (inout HookRequest) throws(HookFault) -> Void
  ) async -> (reply: HookReply, encoding: HookRequest.Encoding) {
    var request = request(of: route)
    do throws(HookFault) {
      try fill(&request)
    } catch {
      let code = error.code(in: route.kind)
      record(request, route, code, reason: error.description)
      return (.error(code), request.encoding)
    }
    return (await answering.answer(request), request.encoding)
  }

  private func request(of route: HookRoute) -> HookRequest {
    var request = HookRequest(kind: route.kind, id: ids.next(), deadline: route.deadline)
    request.authorization = route.authorization
    request.clientAddress = route.clientAddress
    request.caller = route.caller
    return request
  }

  private func record(_ request: HookRequest, _ route: HookRoute, _ code: Code, reason: String) {
    var record = HookRecord(request, outcome: .error, code: code, reason: reason)
    record.durationMicroseconds = (Deadline.now - min(Deadline.now, route.received)) / 1_000
    observer.record(record)
  }

  /// What to call whoever presents a secret; nil for strangers.
  private func secretName(_ headers: some HookHeaders) -> String? {
    guard let secrets else { return "anybody" }
    guard case .one(let presented) = headers.only(Self.secretHeader) else { return nil }
    guard presented.utf8.count <= Self.maximumSecretBytes else { return nil }
    return secrets.place(of: presented.utf8).map { $0 == 0 ? "secret" : "secret_previous" }
  }
}
