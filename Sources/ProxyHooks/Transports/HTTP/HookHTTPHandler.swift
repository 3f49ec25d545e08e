import Auth
import Logging
import NIOHTTP1
import StrictJSON

/// The hooks' side of HTTP: which request is one, what its bytes say, how its reply is spelled.
struct HookHTTPHandler: HTTPResponder {
  typealias Route = HookRoute

  private let kinds: [String: HookKind]
  private let decoder: HTTPHookRequestDecoder
  private let reception: HookReception

  init(
    settings: HTTPSettings, secrets: CallerSecrets?, answering: any HookAnswering, observer: HookObserver,
    logger: Logger
  ) {
    kinds = Dictionary(
      HookKind.allCases.map { ("\(settings.pathPrefix)/\($0.rawValue)", $0) }, uniquingKeysWith: { first, _ in first })
    decoder = HTTPHookRequestDecoder(limits: JSONLimits(maximumBytes: settings.maximumBodyBytes))
    reception = HookReception(
      secrets: secrets, clientAddressHeader: settings.clientAddressHeader, answerTime: settings.answerTime,
      answering: answering, observer: observer, logger: logger)
  }

  func admit(_ head: HTTPRequestHead, from caller: String?, arrival: UInt64) -> Result<Route, HTTPRefusal> {
    guard let kind = kinds[head.uri] else { return .failure(.notFound) }
    guard head.method == .POST else { return .failure(.notPost) }
    guard let route = reception.admit(kind, head.headers, from: caller, arrival: arrival) else {
      return .failure(.unauthorized)
    }
    return .success(route)
  }

  /// A known caller's request that can't be taken is a hook refused, with status 200.
  func reply(to route: Route, turnedAway refusal: HTTPRefusal) -> HTTPReply? {
    let code: Code
    switch refusal {
    case .bodyTooLarge: code = .tooLarge
    case .overloaded: code = .unavailable
    default: return nil
    }
    return HTTPReply(body: reception.refuse(route, code).json(for: route.kind, encoding: .json))
  }

  func respond(to route: Route, body: [UInt8]) async -> HTTPReply {
    let answer = await reception.answer(route) { request throws(HookFault) in
      try decoder.decode(body, into: &request)
    }
    return HTTPReply(body: answer.reply.json(for: route.kind, encoding: answer.encoding))
  }
}
