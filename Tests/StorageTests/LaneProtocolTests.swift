import Glibc
import Synchronization
import Testing

@testable import Storage

/// The lane's own rules, with a worker that fails where a server can't be made to.
@Suite("A lane answers every job")
struct LaneProtocolTests {
  /// What the worker does with each batch, in turn; after the last it does all well.
  enum Step: Sendable {
    case done
    case refusedValue
    case broken
  }

  final class Script: Sendable {
    private let steps: Mutex<[Step]>
    let batches = Mutex<[[Int]]>([])
    let isEntered = Atomic<Bool>(false)
    let isOpen = Atomic<Bool>(false)

    init(_ steps: [Step]) { self.steps = Mutex(steps) }

    func next() -> Step { steps.withLock { $0.isEmpty ? .done : $0.removeFirst() } }
  }

  /// A worker whose socket is a pipe on which nothing comes.
  final class ScriptedWorker: LaneWorker {
    private let script: Script
    private let ends: (reading: Int32, writing: Int32)

    init(_ script: Script) throws(StorageError) {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { throw StorageError(.unavailable) }
      self.ends = (ends[0], ends[1])
      self.script = script
    }

    deinit {
      close(ends.reading)
      close(ends.writing)
    }

    var descriptor: Int32 { ends.reading }

    func isAliveWhenIdle() -> Bool { false }

    func run(_ batch: [Int], by deadline: Deadline, onceSent: () -> Void) -> BatchResult<Int> {
      // The first batch waits for the test, so that what comes meanwhile shares the next one.
      script.isEntered.store(true, ordering: .releasing)
      while !script.isOpen.load(ordering: .acquiring) { usleep(200) }
      script.batches.withLock { $0.append(batch) }
      switch script.next() {
      case .done: return .done(batch.map { $0 * 10 })
      case .refusedValue: return .refused(StorageError(.refused, serverCode: "23505"))
      case .broken: return .broken(StorageError(.connectionLost))
      }
    }
  }

  /// Submits jobs 0…11, the first alone, the others as one batch behind it, and returns what became of each.
  private func outcomes(_ steps: [Step]) async throws -> ([Result<Int, StorageError>], [[Int]]) {
    let script = Script(steps)
    let lane = try Lane<ScriptedWorker>(name: "scripted", limits: LaneLimits(), log: quiet) {
      _ throws(StorageError) in try ScriptedWorker(script)
    }
    try await eventually("the lane connects") { lane.isConnected }
    let results = try await withThrowingTaskGroup(of: (Int, Result<Int, StorageError>).self) { group in
      for job in 0..<12 {
        group.addTask {
          do throws(StorageError) {
            return (job, .success(try await lane.submit(job, by: .soon)))
          } catch {
            return (job, .failure(error))
          }
        }
        if job == 0 {
          try await eventually("the first is in flight") { script.isEntered.load(ordering: .acquiring) }
        }
      }
      try await eventually("the others wait") { lane.status.waiting >= 11 }
      script.isOpen.store(true, ordering: .releasing)
      return try await group.reduce(into: [Int: Result<Int, StorageError>]()) { $0[$1.0] = $1.1 }
    }
    lane.close()
    return (try (0..<12).map { try #require(results[$0]) }, script.batches.withLock { $0 })
  }

  @Test("What waits during a batch is the next batch, and each job has its own outcome")
  func batching() async throws {
    let (results, batches) = try await outcomes([])
    #expect(batches.map(\.count) == [1, 11])
    for (job, result) in results.enumerated() { #expect(result == .success(job * 10)) }
  }

  @Test("A refused value is found by trying each alone; the others succeed")
  func refusedValue() async throws {
    // The first batch, the second refused whole, then eleven alone, of which the third is the one at fault.
    let (results, batches) = try await outcomes([.done, .refusedValue, .done, .done, .refusedValue])
    #expect(batches.count == 13)
    #expect(results.filter { $0 == .failure(StorageError(.refused, serverCode: "23505")) }.count == 1)
    #expect(results.filter { (try? $0.get()) != nil }.count == 11)
  }

  @Test("A connection that breaks while each is tried alone leaves nobody without an answer")
  func brokenAlone() async throws {
    let (results, _) = try await outcomes([.done, .refusedValue, .done, .broken])
    #expect(results.filter { (try? $0.get()) != nil }.count == 2)
    #expect(results.filter { $0 == .failure(StorageError(.connectionLost)) }.count == 1)
    #expect(results.filter { $0 == .failure(StorageError(.unavailable)) }.count == 9)
  }

  @Test("What was done before a connection breaks keeps its outcome")
  func doneBeforeBroken() async throws {
    let (results, _) = try await outcomes([.done, .broken])
    #expect(results.first == .success(0))
    #expect(results.dropFirst().allSatisfy { $0 == .failure(StorageError(.connectionLost)) })
  }

  @Test("A connection that breaks answers its batch, and a new one serves")
  func broken() async throws {
    let (results, _) = try await outcomes([.broken])
    #expect(results.first == .failure(StorageError(.connectionLost)))
    #expect(results.dropFirst().allSatisfy { $0 == .failure(StorageError(.unavailable)) })
  }

  @Test("A job with less time left than a batch needs is not begun, and shortens no other's")
  func tooLittleTime() async throws {
    let script = Script([])
    script.isOpen.store(true, ordering: .releasing)
    // Minutes, so that no machine is slow enough to blur which job has enough.
    let lane = try Lane<ScriptedWorker>(
      name: "scripted", limits: LaneLimits(leastMilliseconds: 600_000), log: quiet
    ) { _ throws(StorageError) in try ScriptedWorker(script) }
    try await eventually("the lane connects") { lane.isConnected }
    await #expect(throws: StorageError(.expired)) { try await lane.submit(1, by: .after(milliseconds: 300_000)) }
    #expect(try await lane.submit(2, by: .after(milliseconds: 3_600_000)) == 20)
    #expect(script.batches.withLock { $0 } == [[2]])
    lane.close()
  }

  /// How far a worker may go with each of its batches, the first being 1, and what has been told.
  final class Gates: Sendable {
    let entered = Atomic<Int>(0)
    let maySend = Atomic<Int>(0)
    let mayEnd = Atomic<Int>(0)
    let told = Mutex<[Int]>([])
  }

  /// A worker that says when its request is on its way.
  final class GatedWorker: LaneWorker {
    private let gates: Gates
    private let inner: ScriptedWorker

    init(_ gates: Gates) throws(StorageError) {
      self.gates = gates
      let script = Script([])
      script.isOpen.store(true, ordering: .releasing)
      inner = try ScriptedWorker(script)
    }

    var descriptor: Int32 { inner.descriptor }

    func isAliveWhenIdle() -> Bool { false }

    func run(_ batch: [Int], by deadline: Deadline, onceSent: () -> Void) -> BatchResult<Int> {
      let turn = gates.entered.add(1, ordering: .acquiringAndReleasing).newValue
      while gates.maySend.load(ordering: .acquiring) < turn { usleep(200) }
      onceSent()
      while gates.mayEnd.load(ordering: .acquiring) < turn { usleep(200) }
      return inner.run(batch, by: deadline, onceSent: {})
    }
  }

  @Test("A batch is answered when the next one is on its way: not before, and not after that one's end")
  func toldMeanwhile() async throws {
    let gates = Gates()
    let lane = try Lane<GatedWorker>(name: "gated", limits: LaneLimits(), log: quiet) {
      _ throws(StorageError) in try GatedWorker(gates)
    }
    try await eventually("the lane connects") { lane.isConnected }
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer {
        gates.maySend.store(.max, ordering: .releasing)
        gates.mayEnd.store(.max, ordering: .releasing)
      }
      for job in 1...2 {
        group.addTask {
          let outcome = try await lane.submit(job, by: .soon)
          gates.told.withLock { $0.append(outcome) }
        }
        try await eventually("job \(job) is there") {
          job == 1 ? gates.entered.load(ordering: .acquiring) == 1 : lane.status.waiting == 1
        }
      }
      gates.maySend.store(1, ordering: .releasing)
      gates.mayEnd.store(1, ordering: .releasing)
      try await eventually("the second is taken") { gates.entered.load(ordering: .acquiring) == 2 }
      try await Task.sleep(for: .milliseconds(50))
      #expect(gates.told.withLock { $0 } == [])
      gates.maySend.store(2, ordering: .releasing)
      try await eventually("the first is told") { gates.told.withLock { $0 } == [10] }
      // Nothing waits behind the second, and nothing will: it is told all the same.
      lane.close()
      gates.mayEnd.store(2, ordering: .releasing)
      try await group.waitForAll()
    }
    #expect(gates.told.withLock { $0 } == [10, 20])
  }
}
