import GRPCCore

/// A call that fails: it is not from a known caller, or there is no message that could refuse it.
///
/// Never a hook's decision, which is always a response; Centrifugo takes each of these as a failed call.
enum GRPCRefusal: String, CaseIterable, Sendable {
  /// The caller's secret is missing, wrong, or there are several.
  case unauthenticated
  /// No such method, or one whose response has no place for a refusal.
  case unserved
  /// The call's connection has ended, so that nobody can say whose it was.
  case gone
  /// The health of a service that is not here was asked for.
  case unknownService = "unknown_service"
  /// A message of the service's own that could not be written.
  case unwritten

  /// What the caller is told: fixed, so that nothing of the call or of the service's insides is in it.
  var status: Status {
    switch self {
    case .unauthenticated: Status(code: .unauthenticated, message: "caller not known")
    case .unserved: Status(code: .unimplemented, message: "method not served")
    case .gone: Status(code: .unavailable, message: "connection ended")
    case .unknownService: Status(code: .notFound, message: "no such service")
    case .unwritten: Status(code: .internalError, message: "no response")
    }
  }
}
