import Glibc

/// Microseconds of processor time that verifications took, a value a round.
struct Measurement {
  private(set) var rounds: [Double] = []

  var median: Double {
    let sorted = rounds.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// Half the distance between the fastest and the slowest round, as a share of the median.
  var spread: Double { ((rounds.max() ?? 0) - (rounds.min() ?? 0)) / 2 / median }

  /// One round: `count` verifications one after the other.
  mutating func run(_ contestant: some Contestant, _ token: [UInt8], count: Int) async throws {
    let start = processorTime()
    var sum = 0
    for _ in 0..<count { sum += try await contestant.verify(token) }
    let time = processorTime() - start
    // Uses the results, so that no verification can be optimized away.
    precondition(sum.isMultiple(of: count))
    rounds.append(time * 1e6 / Double(count))
  }
}

/// Seconds of processor time that all threads of this process have used. What else runs on the machine is not in it, and
/// what a verifier does on other threads is.
private func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Now, in Unix seconds.
func secondsSinceEpoch() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec)
}
