/// Where a line stands.
public struct LogPlace: Hashable, Sendable {
  /// The file's name; `-` for standard input, `database` for the table.
  public var file: String
  /// The line's number in it, from 1.
  public var line: Int

  /// Line `line` of `file`.
  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }
}

/// Something that a log would not have if nobody had touched it and nothing had broken.
public struct LogFinding: Hashable, Sendable {
  /// What it is.
  public enum Kind: String, CaseIterable, Sendable {
    /// A line's hash is not that of its bytes and the line before: one of the two was changed, or put in.
    case changed
    /// Numbers are left out.
    case missing
    /// A line stands after one that it comes before.
    case moved
    /// A number comes a second time: a line was copied, or another put in.
    case repeated
    /// A line that is none of a chain, in a file that has nothing else.
    case foreign
    /// Half a line, which no later line accounts for.
    case torn
    /// A checkpoint that its key did not sign.
    case forged
    /// A checkpoint of a key that was not given, or of none.
    case unsigned
    /// A chain that does not name the end of the one before it.
    case unlinked
    /// The service's own log has a checkpoint of a line that is not here, or that is another.
    case cut
    /// A checkpoint in the service's own log that the key did not sign.
    case anchor
  }

  /// What it is.
  public var kind: Kind
  /// Where; nil for what is nowhere.
  public var place: LogPlace?
  /// The chain; empty for what is of none.
  public var log: String
  /// The first and the last number that it is about; nil for what has none.
  public var seqs: ClosedRange<UInt64>?
  /// What was expected, in words.
  public var text: String
}
