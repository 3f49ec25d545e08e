/// What a chained log has to say to another one.
public enum LogNotice: Hashable, Sendable {
  /// A checkpoint is written and where it will stay. Kept elsewhere, it shows what is cut off after it.
  case checkpoint(Checkpoint)
  /// A write has failed. What waits is kept, and tried again.
  case failing(LogFailure)
  /// There is no more room: from now on lines are lost, and counted.
  case losing
  /// Writing works again; `lost` lines had no room meanwhile.
  case recovered(lost: UInt64)
  /// A process before this one left half a line.
  case torn(TornLine)
  /// What stands at the end of this file is no end of a chain; another one was begun.
  case damaged(file: String)
  /// The log has ended with so many lines that could not be written.
  case abandoned(lines: Int)
}
