/// How long a lane takes for a batch, learned from its batches: what tells whether a job would have its turn in time.
///
/// It counts batches and not jobs: a batch costs much that does not grow with its jobs, such as the wait for the disk, and who
/// refused for that would keep the batches small, and the cost of each job high.
struct Pace {
  /// Smoothed; 0 before the first batch.
  private(set) var nanosecondsPerBatch: UInt64 = 0

  /// Takes a batch into account. The last ones count most: some four of them replace what was known before.
  mutating func note(nanoseconds: UInt64) {
    nanosecondsPerBatch =
      nanosecondsPerBatch == 0 ? nanoseconds : nanosecondsPerBatch / 4 * 3 + nanoseconds / 4
  }

  /// Whether a job behind `count` others would wait for more than half of what is left of its time: the other half is for
  /// its own batch, and for what of a wait can't be foreseen. A job that goes with the next batch is never too late, so a lane
  /// that has become fast again is found out.
  func isTooSlow(for count: Int, inBatchesOf most: Int, left nanoseconds: UInt64) -> Bool {
    let batches = count / max(1, most)
    guard batches > 0 else { return false }
    // One is under way.
    let (wait, isEndless) = nanosecondsPerBatch.multipliedReportingOverflow(by: UInt64(batches) + 1)
    return isEndless || wait > nanoseconds / 2
  }
}
