import NIOSSL

/// Why a connection ended before its first request was read.
enum TLSRefusal: String, CaseIterable, Sendable {
  /// A certificate was asked for and none came.
  case noCertificate = "no_certificate"
  /// The certificate is not from the roots, has expired, is not valid yet, or is not for clients.
  case badCertificate = "bad_certificate"
  /// A good certificate, with none of the allowed names.
  case unknownName = "unknown_name"
  /// The handshake was not done in time.
  case timedOut = "timed_out"
  /// The caller went away.
  case closed
  /// No TLS, no version or cipher in common, or a message that is none.
  case failed

  /// What `error`, caught during a handshake, stands for.
  init(_ error: any Error) {
    let reasons = Self.libraryReasons(of: error)
    if reasons.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") {
      self = .noCertificate
    } else if reasons.contains("CERTIFICATE_VERIFY_FAILED") {
      self = .badCertificate
    } else {
      self = reasons.isEmpty ? .closed : .failed
    }
  }

  /// The library's own words for what went wrong, each from a fixed set, the cause first; empty where the caller went
  /// away. Its errors have them only in their text, between the name of the part and the place in the source.
  static func libraryReasons(of error: any Error) -> [String] {
    guard case NIOSSLError.handshakeFailed(.sslError(let stack)) = error else { return [] }
    return stack.prefix(4).compactMap { entry in
      let words = entry.description.split(separator: ":")
      return words.firstIndex(of: "OPENSSL_internal").flatMap { place in
        words.dropFirst(place + 1).first?.split(separator: " ").first.map(String.init)
      }
    }
  }

  /// A line for the log, with the mend where the operator has one.
  var message: String {
    switch self {
    case .noCertificate: "a caller without a certificate was refused: is one set for Centrifugo's client?"
    case .badCertificate:
      "a caller's certificate was refused: is it from PROXYHOOKS_TLS_CLIENT_CA, for clients, and within its time?"
    case .unknownName: "a caller's certificate has no name of PROXYHOOKS_TLS_CLIENT_NAMES"
    case .timedOut: "a TLS handshake was not done in time"
    case .closed: "a caller went away during the TLS handshake"
    case .failed: "a TLS handshake failed: does the caller speak TLS 1.2 or 1.3?"
    }
  }
}
