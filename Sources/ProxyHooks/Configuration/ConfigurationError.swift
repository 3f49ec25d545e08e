/// Everything that is wrong with a configuration, each with its key and the mend; never with a secret's value.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// One line each.
  public let problems: [String]

  /// An error with these lines.
  public init(problems: [String]) { self.problems = problems }

  /// The value in words, for logs and messages.
  public var description: String { problems.joined(separator: "\n") }
}
