/// Where the lines of a chain go. Used by one thread at a time, and the only thing there that may wait.
public protocol LineDestination: AnyObject {
  /// Makes ready for writing, and says what the chain goes on from. Called again where it has thrown.
  func open() throws(LogFailure) -> ChainEnd

  /// Writes `lines`, each with its line feed.
  ///
  /// - Returns: how many of the bytes, from the first on, will stay, and what kept the others from it. The others come
  ///   again with the next call.
  func write(_ lines: ArraySlice<UInt8>) -> (written: Int, failure: LogFailure?)

  /// Returns once what was written would outlive the machine's power, as far as that is in its hands.
  func sync() throws(LogFailure)

  /// Whether the next line should begin another file.
  var isFull: Bool { get }

  /// The name of the file that the next line is for; nil where there are none.
  var fileName: String? { get }

  /// Makes another file ready, if none is, while this one is still written to.
  func prepareNextFile() throws(LogFailure)

  /// Goes on in the file that was made ready, and says which are now too many: the oldest first.
  func startNextFile() -> [OldFile]

  /// Deletes a file that was too many.
  func remove(file: String)

  /// Ends; nothing is called after it.
  func close()
}

extension LineDestination {
  /// No: there are no files.
  public var isFull: Bool { false }
  /// None: there are no files.
  public var fileName: String? { nil }
  /// Nothing: there are no files.
  public func prepareNextFile() {}
  /// None: there are no files.
  public func startNextFile() -> [OldFile] { [] }
  /// Nothing.
  public func remove(file: String) {}
}

/// A file that is too many.
public struct OldFile: Hashable, Sendable {
  /// The file's name.
  public var name: String
  /// Its last line; nil where it has none that can be read.
  public var end: ChainPosition?
}

/// What a destination had in it.
public enum ChainEnd: Hashable, Sendable {
  /// Nothing that this log is known to follow.
  case nothing
  /// The whole end of a chain, which goes on.
  case goesOn(ChainPosition, closed: Bool, torn: TornLine?)
  /// Lines after which a new chain begins: the last one of another chain, and the file whose end is damaged, if one is.
  case follows(ChainPosition?, damaged: String?)
}
