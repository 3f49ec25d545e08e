/// Why storage gave no answer. Each of them means "not decided": the hooks refuse, temporarily.
///
/// Printing one leaks nothing: it holds no SQL, no host and no value, at most a server's own error code.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure, as they stand in logs and metrics.
  public enum Kind: String, CaseIterable, Sendable {
    /// No connection: refused at once, nothing was sent.
    case unavailable
    /// The queue before the connection is full: refused at once, nothing was sent.
    case overloaded
    /// The deadline passed while the work waited: nothing was sent.
    case expired
    /// The deadline passed while the server worked: what it was told may or may not have happened.
    case timedOut = "timed_out"
    /// The connection broke while the server worked: what it was told may or may not have happened.
    case connectionLost = "connection_lost"
    /// The server refused the statement or command; nothing of it happened.
    case refused
    /// The server answered something this version does not understand.
    case unexpected
  }

  /// The kind of failure.
  public let kind: Kind
  /// The server's own code: an SQLSTATE (PostgreSQL, appendix A) or the first word of a Redis error.
  public let serverCode: String?

  /// Whether the server refused a value: SQLSTATE class 22 (data) or 23 (integrity).
  var isOfAValue: Bool {
    guard kind == .refused, let serverCode, serverCode.utf8.count == 5 else { return false }
    return serverCode.hasPrefix("22") || serverCode.hasPrefix("23")
  }

  init(_ kind: Kind, serverCode: String? = nil) {
    self.kind = kind
    self.serverCode = serverCode
  }

  /// The value in words, for logs and messages.
  public var description: String {
    serverCode.map { "\(kind.rawValue) (\($0))" } ?? kind.rawValue
  }
}
