import Synchronization

/// Lanes of the same work, taken in turn: for work whose order does not matter.
final class LaneGroup<Worker: LaneWorker>: Sendable {
  private let lanes: [Lane<Worker>]
  private let turn = Atomic<Int>(0)

  init(_ lanes: [Lane<Worker>]) { self.lanes = lanes }

  deinit { close() }

  /// Submits to the next lane that has a connection; to the next one where none has, which refuses.
  func submit(_ job: Worker.Job, by deadline: Deadline) async throws(StorageError) -> Worker.Outcome {
    let first = turn.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max
    for offset in 0..<lanes.count {
      let lane = lanes[(first % lanes.count + offset) % lanes.count]
      if lane.isConnected { return try await lane.submit(job, by: deadline) }
    }
    throw StorageError(.unavailable)
  }

  func close() { for lane in lanes { lane.close() } }

  var status: [LaneStatus] { lanes.map(\.status) }
}
