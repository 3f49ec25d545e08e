#if canImport(Glibc)
  import Glibc
#endif

/// Why lines could not be written. Says nothing of their content.
public struct LogFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// In words for a log.
  public let description: String

  /// A failure in words of the destination's own.
  public init(_ description: String) { self.description = description }

  /// The last system call's, with what it was done to.
  static func system(_ what: String) -> LogFailure { LogFailure("\(what): \(String(cString: strerror(errno)))") }
}
