import Auth
import Logging
import StrictJSON

/// The hooks' side of HTTP: which request is one, what its bytes say, how its reply is spelled.
final class HookHTTPHandler: HTTPResponder {
  private let paths: [(path: [UInt8], kind: HookKind)]
  private let decoder: HTTPHookRequestDecoder
  private let reception: HookReception

  init(
    settings: HTTPSettings, secrets: CallerSecrets?, answering: any HookAnswering, observer: HookObserver,
    logger: Logger
  ) {
    paths = HookKind.allCases.map { (Array("\(settings.pathPrefix)/\($0.rawValue)".utf8), $0) }
    decoder = HTTPHookRequestDecoder(limits: JSONLimits(maximumBytes: settings.maximumBodyBytes))
    reception = HookReception(
      secrets: secrets, clientAddressHeader: settings.clientAddressHeader, answerTime: settings.answerTime,
      answering: answering, observer: observer, logger: logger)
  }

  func admit(_ head: HTTPHead, from caller: String?, arrival: UInt64) -> Result<any HTTPAdmitted, HTTPRefusal> {
    guard let kind = paths.first(where: { head.asks(for: $0.path) })?.kind else { return .failure(.notFound) }
    guard head.method == .post else { return .failure(.notPost) }
    guard let route = reception.admit(kind, head, from: caller, arrival: arrival) else {
      return .failure(.unauthorized)
    }
    return .success(Admitted(handler: self, route: route))
  }

  /// A known caller's request for a hook.
  private struct Admitted: HTTPAdmitted {
    let handler: HookHTTPHandler
    let route: HookRoute

    var hasPlace: Bool { handler.reception.hasPlace(for: route) }

    /// What can't be taken is a hook refused, with status 200.
    func reply(turnedAway refusal: HTTPRefusal) -> HTTPReply? {
      let code: Code
      switch refusal {
      case .bodyTooLarge: code = .tooLarge
      case .overloaded: code = .unavailable
      default: return nil
      }
      return HTTPReply(body: handler.reception.refuse(route, code).json(for: route.kind, encoding: .json))
    }

    func respond(to body: [UInt8]) async -> HTTPReply {
      let answer = await handler.reception.answer(route) { request throws(HookFault) in
        try handler.decoder.decode(body, into: &request)
      }
      return HTTPReply(body: answer.reply.json(for: route.kind, encoding: answer.encoding))
    }
  }
}
