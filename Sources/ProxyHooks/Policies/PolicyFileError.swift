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
      [line.map { "line \($0)" }, key.isEmpty ? nil : key, text].compactMap { $0 }.joined(separator: ": ").visible
    }
  }

  /// The mistakes; at least one.
  public let problems: [Problem]

  /// The most mistakes that are told.
  private static let mostTold = 50

  /// A line for each, and how many more there are.
  public var description: String {
    var lines = problems.prefix(Self.mostTold).map(\.description)
    if problems.count > Self.mostTold { lines.append("and \(problems.count - Self.mostTold) more") }
    return lines.joined(separator: "\n")
  }
}
