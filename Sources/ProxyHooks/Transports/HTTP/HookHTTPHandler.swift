import Auth
import Logging
import NIOCore
import NIOHTTP1
import Storage
import StrictJSON

/// The hooks' side of HTTP: which request is one, who may send it, what its bytes say, how its reply is spelled.
struct HookHTTPHandler: HTTPResponder {
  /// What a head says of a hook's request.
  struct Route: Sendable {
    var kind: HookKind
    var deadline: Deadline
    var received: UInt64
    var authorization: String?
    var clientAddress: String?
    var caller: String
  }

  /// The header that the caller's secret comes in.
  static let secretHeader = "x-proxyhooks-secret"
  /// A presented secret is hashed, so its length is bounded.
  private static let maximumSecretBytes = 1_024

  private let kinds: [String: HookKind]
  private let secrets: CallerSecrets?
  private let clientAddressHeader: String?
  private let answerNanoseconds: UInt64
  private let decoder: HTTPHookRequestDecoder
  private let ids = RequestIDs()
  private let answering: any HookAnswering
  private let observer: HookObserver
  private let strangers: RareWarning

  init(
    settings: HTTPSettings, secrets: CallerSecrets?, answering: any HookAnswering, observer: HookObserver,
    logger: Logger
  ) {
    strangers = RareWarning(logger)
    kinds = Dictionary(
      HookKind.allCases.map { ("\(settings.pathPrefix)/\($0.rawValue)", $0) }, uniquingKeysWith: { first, _ in first })
    self.secrets = secrets
    clientAddressHeader = settings.clientAddressHeader
    answerNanoseconds = UInt64(settings.answerTime.milliseconds) * 1_000_000
    decoder = HTTPHookRequestDecoder(limits: JSONLimits(maximumBytes: settings.maximumBodyBytes))
    self.answering = answering
    self.observer = observer
  }

  func admit(_ head: HTTPRequestHead, from caller: String?, arrival: UInt64) -> Result<Route, HTTPRefusal> {
    guard let kind = kinds[head.uri] else { return .failure(.notFound) }
    guard head.method == .POST else { return .failure(.notPost) }
    guard let secret = secretName(head.headers) else {
      strangers.note(
        at: arrival, "a request without the caller's secret: is PROXYHOOKS_SECRET the one Centrifugo was given?")
      return .failure(.unauthorized)
    }
    let deadline = Deadline(nanoseconds: arrival.addingReportingOverflow(answerNanoseconds).partialValue)
    var route = Route(kind: kind, deadline: deadline, received: arrival, caller: caller ?? secret)
    if case .one(let value) = head.headers.only("authorization") { route.authorization = value }
    if let name = clientAddressHeader {
      // Spelled anew, so that one address has one spelling wherever it is compared or counted. An edge that sends none,
      // or what is none, must not be a way around the limit: they are all counted as one.
      route.clientAddress = ""
      if case .one(let value) = head.headers.only(name) {
        route.clientAddress = (try? SocketAddress(ipAddress: value, port: 0).ipAddress) ?? ""
      }
    }
    return .success(route)
  }

  /// A known caller's request that can't be taken is a hook refused, with status 200: any other would let Centrifugo's
  /// refresh and sub_refresh go on, and tell a client whose message is too long to try again.
  func reply(to route: Route, turnedAway refusal: HTTPRefusal) -> HTTPReply? {
    let code: Code
    switch refusal {
    case .bodyTooLarge: code = .tooLarge
    case .overloaded: code = .unavailable
    default: return nil
    }
    var request = HookRequest(kind: route.kind, id: ids.next(), deadline: route.deadline)
    request.caller = route.caller
    observer.record(self.refusal(of: request, route: route, code: code, reason: code.name))
    return HTTPReply(body: HookReply.error(code).json(for: route.kind, encoding: .json))
  }

  func respond(to route: Route, body: [UInt8]) async -> HTTPReply {
    var request = HookRequest(kind: route.kind, id: ids.next(), deadline: route.deadline)
    request.authorization = route.authorization
    request.clientAddress = route.clientAddress
    request.caller = route.caller
    do {
      try decoder.decode(body, into: &request)
    } catch {
      let code = error.code(in: route.kind)
      observer.record(refusal(of: request, route: route, code: code, reason: error.description))
      return HTTPReply(body: HookReply.error(code).json(for: route.kind, encoding: request.encoding))
    }
    let reply = await answering.answer(request)
    return HTTPReply(body: reply.json(for: route.kind, encoding: request.encoding))
  }

  /// What to call whoever presents a secret; nil for strangers.
  private func secretName(_ headers: HTTPHeaders) -> String? {
    guard let secrets else { return "anybody" }
    guard case .one(let presented) = headers.only(Self.secretHeader) else { return nil }
    guard presented.utf8.count <= Self.maximumSecretBytes else { return nil }
    return secrets.place(of: presented.utf8).map { $0 == 0 ? "secret" : "secret_previous" }
  }

  private func refusal(of request: HookRequest, route: Route, code: Code, reason: String) -> HookRecord {
    var record = HookRecord(request, outcome: .error, code: code, reason: reason)
    record.durationMicroseconds = (Deadline.now - min(Deadline.now, route.received)) / 1_000
    return record
  }
}
