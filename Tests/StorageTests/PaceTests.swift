import Testing

@testable import Storage

@Suite("A lane's pace")
struct PaceTests {
  @Test("Before the first batch nothing is too slow")
  func unknown() {
    #expect(!Pace().isTooSlow(for: 1_000_000, inBatchesOf: 1, left: 0))
  }

  @Test("A job is too late where the batches before it take more than half of its time")
  func half() {
    var pace = Pace()
    pace.note(nanoseconds: 1_000)
    #expect(!pace.isTooSlow(for: 10, inBatchesOf: 10, left: 4_000))
    #expect(pace.isTooSlow(for: 10, inBatchesOf: 10, left: 3_999))
    #expect(!pace.isTooSlow(for: 29, inBatchesOf: 10, left: 6_000))
    #expect(pace.isTooSlow(for: 30, inBatchesOf: 10, left: 6_000))
  }

  @Test("What goes with the next batch is never too late, however slow the last ones were")
  func next() {
    var pace = Pace()
    pace.note(nanoseconds: .max)
    #expect(!pace.isTooSlow(for: 127, inBatchesOf: 128, left: 1))
    #expect(pace.isTooSlow(for: 128, inBatchesOf: 128, left: .max))
    for _ in 0..<200 { pace.note(nanoseconds: 80_000) }
    #expect(pace.nanosecondsPerBatch <= 80_000)
  }
}
