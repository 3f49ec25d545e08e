import Auth
import Logging
import Storage
import Synchronization

/// Lets in who presents the console's token: HTTP Basic (RFC 7617) with any user and the token as the password.
///
/// There is no session and no cookie. A browser keeps the token for this origin alone and sends it along, also where
/// another site's page leads here; that changes nothing here, and the other page reads nothing of it.
final class ConsoleGate: Sendable {
  /// How many wrong tokens are compared within ``interval``; after them none is, not even the right one.
  static let maximumWrong = 10
  /// In nanoseconds of the monotonic clock.
  static let interval: UInt64 = 10_000_000_000
  /// The longest header that is looked at, in bytes.
  private static let maximumBytes = 1_024

  private let token: CallerSecrets
  private let strangers: RareWarning
  private let wrong = Mutex((since: UInt64(0), count: 0))

  init(_ token: CallerSecrets, log: Logger) {
    self.token = token
    strangers = RareWarning(log)
  }

  /// Nil for who may be here.
  ///
  /// - Parameter time: a reading of the monotonic clock in nanoseconds.
  func refusal(_ headers: some HookHeaders, at time: UInt64) -> HTTPRefusal? {
    // Browsers ask without a token first: that is no attempt.
    let presented: String
    switch headers.only("authorization") {
    case .absent: return .noConsoleToken
    case .several: presented = ""
    case .one(let value): presented = value
    }
    // The window begins with the first wrong token; held under the lock, no more are compared at once than it allows.
    return wrong.withLock { wrong in
      if time >= wrong.since + Self.interval { wrong = (time, 0) }
      guard wrong.count < Self.maximumWrong else { return .tooManyTokens }
      if let password = Self.password(presented), token.admits(password) { return nil }
      if wrong.count == 0 { wrong.since = time }
      wrong.count += 1
      strangers.note(at: time, "a wrong token at the console: is it the one of PROXYHOOKS_CONSOLE_TOKEN?")
      return .noConsoleToken
    }
  }

  /// What stands behind the first colon of the credentials; nil for what is no Basic authentication.
  private static func password(_ value: String) -> ArraySlice<UInt8>? {
    guard value.utf8.count <= maximumBytes, let space = value.firstIndex(of: " "),
      String(value[..<space]).isSameASCII(as: "basic")
    else { return nil }
    let credentials = value[value.index(after: space)...].drop { $0 == " " }
    guard let bytes = Base64.decode(Array(credentials.utf8)), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
      return nil
    }
    return bytes[(colon + 1)...]
  }
}
