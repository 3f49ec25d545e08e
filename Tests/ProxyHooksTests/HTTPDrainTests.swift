import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import ProxyHooks

@Suite struct HTTPDrainTests {
  /// Cuts nothing before a test has given up, so that what ends has ended by itself.
  static let patient: @Sendable (inout HTTPSettings) -> Void = {
    $0.drainTime = .seconds(60)
    $0.drainIdleTime = .seconds(2)
  }

  @Test("A drain answers what is under way, says that the connection ends, and accepts nobody")
  func underWay() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks, settings: Self.patient) { test in
      let client = try await RawClient(port: test.port)
      await client.send(TestListener.post("rpc", "{}"))
      #expect(await eventually { hooks.requests.count == 1 })
      async let drained: Void = test.listener.drain()
      #expect(await test.refusesConnections())
      try await Task.sleep(for: .milliseconds(100))
      gate.open()
      let result = await client.receive(until: .closed)
      #expect(result.statuses == [200])
      #expect(result.replies.first?.headers["connection"] == "close")
      #expect(result.isClosed)
      await drained
    }
  }

  @Test("A drain answers every request that had come whole, and one that is still coming")
  func queued() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks, settings: Self.patient) { test in
      let three = try await RawClient(port: test.port)
      await three.send(String(repeating: TestListener.post("rpc", "{}"), count: 3))
      let partial = try await RawClient(port: test.port)
      await partial.send(String(TestListener.post("rpc", "{}").dropLast(1)))
      #expect(await eventually { hooks.requests.count == 1 })
      try await Task.sleep(for: .milliseconds(50))
      async let drained: Void = test.listener.drain()
      #expect(await test.refusesConnections())
      try await Task.sleep(for: .milliseconds(100))
      gate.open()
      await partial.send("}")
      let replies = await three.receive(until: .closed).replies
      #expect(replies.map(\.status) == [200, 200, 200])
      #expect(replies.map { $0.headers["connection"] } == [nil, nil, "close"])
      #expect(await partial.receive(until: .closed).statuses == [200])
      await drained
    }
  }

  @Test("A request that comes just after the drain began is still answered, and idle connections are closed")
  func idle() async throws {
    try await TestListener.serve(settings: Self.patient) { test in
      let late = try await RawClient(port: test.port)
      let idle = try await RawClient(port: test.port)
      await late.send(TestListener.post("rpc", "{}"))
      #expect(await late.receive().statuses == [200])
      async let drained: Void = test.listener.drain()
      try await Task.sleep(for: .milliseconds(50))
      await late.send(TestListener.post("rpc", "{}"))
      let result = await late.receive(until: .closed)
      #expect(result.statuses == [200])
      #expect(result.isClosed)
      #expect(await idle.receive(until: .closed).isClosed)
      await drained
    }
  }

  @Test("A drain ends in time, also with a hook that never answers")
  func bounded() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks, settings: { $0.drainTime = .milliseconds(300) }) { test in
      let client = try await RawClient(port: test.port)
      await client.send(TestListener.post("rpc", "{}"))
      #expect(await eventually { hooks.requests.count == 1 })
      let start = ContinuousClock.now
      await test.listener.drain()
      #expect(ContinuousClock.now - start < .seconds(10))
      #expect(await client.receive(until: .closed).isClosed)
      gate.open()
    }
  }

  @Test("No request under load is lost to a drain")
  func underLoad() async throws {
    let hooks = ScriptedHooks { _ in
      try? await Task.sleep(for: .milliseconds(2))
      return .error(.denied)
    }
    try await TestListener.serve(
      hooks: hooks, settings: { ($0.drainIdleTime, $0.drainTime) = (.seconds(20), .seconds(60)) }
    ) { test in
      let tally = Tally()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          let client = try await RawClient(port: test.port)
          group.addTask {
            while !tally.state.withLock(\.isOver) {
              await client.send(TestListener.post("rpc", "{}"))
              let result = await client.receive(until: .replies(1))
              guard let reply = result.replies.first, reply.status == 200 else {
                return tally.state.withLock { $0.lost += 1 }
              }
              tally.state.withLock { $0.answered += 1 }
              if reply.headers["connection"] == "close" { return }
            }
          }
        }
        try await Task.sleep(for: .milliseconds(200))
        await test.listener.drain()
        tally.state.withLock { $0.isOver = true }
        try await group.waitForAll()
      }
      #expect(tally.state.withLock(\.lost) == 0)
      #expect(tally.state.withLock(\.answered) > 8)
    }
  }

  @Test("As a service it serves until the group shuts down")
  func service() async throws {
    try await TestListener.serve { test in
      let group = ServiceGroup(
        services: [test.listener], gracefulShutdownSignals: [], logger: .init(label: "test"))
      async let ended: Void = group.run()
      #expect(try await test.exchange(TestListener.post("rpc", "{}")).statuses == [200])
      await group.triggerGracefulShutdown()
      try await ended
      await #expect(throws: RawClientError.self) { try await RawClient(port: test.port) }
    }
  }

  @Test("A port in use is an error at the start")
  func portInUse() async throws {
    try await TestListener.serve { test in
      await #expect(throws: (any Error).self) {
        try await TestListener.serve(settings: { $0.port = test.port }) { _ in }
      }
    }
  }
}

extension TestListener {
  /// Whether the listener comes to refuse connections within ten seconds.
  fileprivate func refusesConnections() async -> Bool {
    for _ in 0..<2_000 {
      do { _ = try await RawClient(port: port) } catch { return true }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}

/// What the callers of a loaded listener saw.
private final class Tally: Sendable {
  let state = Mutex((isOver: false, lost: 0, answered: 0))
}
