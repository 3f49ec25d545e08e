public import Audit

/// Where decisions are written, and what happens where they can't be.
public struct DecisionLogSettings: Sendable {
  /// Where decisions go.
  public enum Destination: Hashable, Sendable {
    /// Nowhere.
    case off
    case standardOutput
    case standardError
    /// Files in the directory of this absolute path.
    case directory(String)
    /// The table `proxyhooks.decision`.
    case postgresql
  }

  /// Where decisions go.
  public var destination: Destination
  /// The file that ``signer`` was read from.
  public var keyFile: String?
  /// What signs checkpoints.
  public var signer: CheckpointSigner?
  /// The time from one checkpoint to the next.
  public var checkpointSeconds: Int
  /// How large a file of the directory grows, in bytes.
  public var fileBytes: Int
  /// How many files of the directory are kept; 0 is all.
  public var filesKept: Int
  /// How much may wait to be written, in bytes.
  public var maximumBytes: Int
  /// Whether nothing is decided while the log can't be written.
  public var refusesWhenFull: Bool

  /// Where decisions are written and what happens where they can't be, in words.
  var words: String {
    let place: String
    switch destination {
    case .off: return "off: decisions are not written down"
    case .standardOutput: place = "to standard output"
    case .standardError: place = "to standard error"
    case .directory(let path): place = "to the directory \(path)"
    case .postgresql: place = "to the table proxyhooks.decision"
    }
    let signed = signer == nil ? "checkpoints not signed" : "checkpoints signed"
    return
      "\(place), \(signed); while it can’t be written \(refusesWhenFull ? "nothing is decided" : "losses are counted")"
  }

  /// Whether the log is kept where the service can read it again.
  var isKept: Bool {
    switch destination {
    case .directory, .postgresql: true
    case .off, .standardOutput, .standardError: false
    }
  }

  /// What holds unless it is set otherwise, to `destination`.
  public init(_ destination: Destination) {
    self.destination = destination
    checkpointSeconds = 60
    fileBytes = 64 << 20
    filesKept = 0
    maximumBytes = 4 << 20
    refusesWhenFull = false
  }
}
