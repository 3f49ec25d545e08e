/// Why a policy file is refused: every mistake in it, in the order of its lines.
public struct PolicyFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A mistake.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// The line it is on, from 1; nil where it is the whole file's.
    public let line: Int?
    /// Where in the file, such as `rules[2].allow`; empty for the whole of it.
    public let key: String
    /// What was expected, and what is there.
    public let text: String

    /// `line 12: rules[2].allow: want …`.
    public var description: String {
      [line.map { "line \($0)" }, key.isEmpty ? nil : key, text].compactMap { $0 }.joined(separator: ": ")
    }
  }

  /// The mistakes; at least one.
  public let problems: [Problem]

  /// A line for each.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
