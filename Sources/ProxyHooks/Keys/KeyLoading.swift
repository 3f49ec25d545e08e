import Auth

/// Reads the document of a key set from wherever it is.
protocol KeyLoading: Sendable {
  /// The document, at most ``KeySet/maximumBytes`` long, in bounded time. Throws a ``KeyLoadFailure``, and in a
  /// cancelled task anything.
  func load() async throws -> [UInt8]

  /// Gives up what loading needed. Nothing is loaded afterwards.
  func close() async
}

/// Why there is no new key set. Printing one leaks nothing: it names no server and repeats nothing of what came.
public struct KeyLoadFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of failure, as they stand in logs and metrics.
  enum Kind: String, CaseIterable, Sendable {
    /// No such name, or nobody listens there.
    case unreachable
    /// TLS failed: a certificate of another name, of another authority, past its time.
    case tls = "tls_failed"
    /// It took longer than ``KeyFetchLimits/time``.
    case timedOut = "timed_out"
    /// A status other than 200.
    case status
    /// A redirection to another server, to what is no URL, or one too many.
    case redirected
    /// The document is longer than ``KeyFetchLimits/bytes``.
    case tooLarge = "too_large"
    /// The document is compressed.
    case encoded
    /// What came is no whole HTTP reply.
    case malformedReply = "malformed_reply"
    /// The file is not there, is no regular file, or may not be read.
    case unreadable
    /// The document is no key set that can be used.
    case refused
  }

  /// What went wrong.
  let kind: Kind
  /// A number or a fixed word on it: the status, or why the set was refused.
  let detail: String?

  init(_ kind: Kind, detail: String? = nil) {
    self.kind = kind
    self.detail = detail
  }

  /// The kind, and what there is to say on it.
  public var description: String { detail.map { "\(kind.rawValue) (\($0))" } ?? kind.rawValue }
}
