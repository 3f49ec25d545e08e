/// What there is of one chain, and what is proven of it.
public struct ChainReport: Sendable {
  /// The chain's id.
  public let log: String
  /// The first line that is here: number and time.
  public let first: (seq: UInt64, time: String)
  /// The last line in place: number and time.
  public internal(set) var last: (seq: UInt64, time: String)
  /// Lines that are decisions.
  public internal(set) var decisions = 0
  /// Decisions that the chain itself says had no room in it.
  public internal(set) var lost: UInt64 = 0
  /// Checkpoints that a given key signed.
  public internal(set) var signedCheckpoints = 0
  /// Checkpoints that no given key vouches for.
  public internal(set) var otherCheckpoints = 0
  /// The last checkpoint that a given key signed.
  public internal(set) var provenUntil: (seq: UInt64, time: String)?
  /// How often a process went on after one that had not closed the log: lines that it had not written are not here.
  public internal(set) var unclosedEnds = 0
  /// Whether the last line is the one with which a process closes the log.
  public internal(set) var isClosed = false
  /// The last line of another chain that this one follows, by its own word.
  public internal(set) var follows: ChainPosition?
  /// Files that were removed as too many, by the chain's own word.
  public internal(set) var removedFiles: [String] = []
  /// The least number that a finding is about, of all of them.
  public internal(set) var firstFault: UInt64?
  /// Whether nothing here shows that the first line is the one that was written: it does not name the hash before it.
  public internal(set) var beginsUnproven = false

  // What the verifier goes on with.
  var beginning: LogPlace?
  var beginsFile = false
  var damaged: String?
  /// Files of which the chain says that they were removed, and no checkpoint yet.
  var removing: [(file: String, end: (log: String, seq: UInt64)?)] = []
  /// Whether a process has begun and not yet written its first checkpoint.
  var wantsCheckpoint: Bool
  /// Whether the last line is a checkpoint.
  var endsSigned = false
  /// Whether it was found to go on behind another chain.
  var goesOnBehind = false
  var unproven = UnprovenTail()
  var hash: [UInt8]?
  var hashBefore: [UInt8]?
  var gaps: [(seqs: ClosedRange<UInt64>, place: LogPlace)] = []

  init(_ line: ChainedLine) {
    log = line.log
    first = (line.seq, line.timeText)
    last = first
    wantsCheckpoint = line.seq == 0
  }
}
