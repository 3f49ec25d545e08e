import Logging
import NIOCore
import NIOPosix
import Storage
import Synchronization
import Testing

@testable import ProxyHooks

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct HTTPConnectionTests {
  @Test("Requests sent one behind the other are answered one at a time and in order")
  func pipelining() async throws {
    let running = Mutex((now: 0, most: 0))
    let hooks = ScriptedHooks { request in
      running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      // The first takes longest.
      let place = Int(request.method) ?? 0
      try? await Task.sleep(for: .milliseconds(10 - place))
      running.withLock { $0.now -= 1 }
      return .rpc(.init(data: Array(request.method.utf8)))
    }
    try await TestListener.serve(hooks: hooks) { test in
      let all = (0..<10).map { TestListener.post("rpc", #"{"method":"\#($0)"}"#) }.joined()
      let result = try await test.exchange(all, until: .replies(10))
      #expect(result.replies.map(\.body) == (0..<10).map { #"{"result":{"data":\#($0)}}"# })
      #expect(!result.isClosed)
      #expect(running.withLock(\.most) == 1)
    }
  }

  @Test("A request in single bytes is the same request")
  func slices() async throws {
    try await TestListener.serve { test in
      let client = try await RawClient(port: test.port)
      for _ in 0..<2 {
        for byte in TestListener.post("rpc", #"{"method":"m"}"#).utf8 { await client.send([byte]) }
        #expect(await client.receive().statuses == [200])
      }
      #expect(test.hooks.requests.map(\.method) == ["m", "m"])
    }
  }

  @Test("What follows a refused request on its connection is not looked at")
  func afterRefusal() async throws {
    try await TestListener.serve { test in
      let stranger = "POST /centrifugo/rpc HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
      let result = try await test.exchange(stranger + TestListener.post("rpc", "{}"), until: .closed)
      #expect(result.statuses == [401])
      #expect(test.hooks.requests.isEmpty)
    }
  }

  @Test("A good request before a bad one is answered first")
  func beforeRefusal() async throws {
    let hooks = ScriptedHooks { _ in
      try? await Task.sleep(for: .milliseconds(20))
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks) { test in
      let result = try await test.exchange(TestListener.post("rpc", "{}") + "nonsense\r\n\r\n", until: .closed)
      #expect(result.statuses == [200, 400])
      #expect(result.isClosed)
    }
  }

  @Test("Who asks and never reads what is answered is ended, and is answered no more than the kernel holds")
  func unreadReplies() async throws {
    let hooks = ScriptedHooks { _ in .rpc(.init(data: [UInt8](repeating: UInt8(ascii: "1"), count: 1_000_000))) }
    try await TestListener.serve(hooks: hooks, settings: { $0.bodyTimeout = .milliseconds(200) }) { test in
      let client = try await RawClient(port: test.port)
      await client.send(String(repeating: TestListener.post("rpc", "{}"), count: 100))
      #expect(await eventually { hooks.requests.count > 1 })
      // Seen here and not by the client: what the kernel holds for it stands before the end.
      #expect(await eventually { test.sample("proxyhooks_http_connections") == "0.0" })
      #expect(hooks.requests.count < 100)
      withExtendedLifetime(client) {}
    }
  }

  @Test("A caller that sends hundreds of requests ahead is cut off, not stored")
  func flood() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks) { test in
      let client = try await RawClient(port: test.port)
      await client.send(String(repeating: TestListener.post("rpc", "{}"), count: 2_000))
      #expect(await eventually { !hooks.requests.isEmpty })
      gate.open()
      let statuses = await client.receive(until: .closed).statuses
      #expect(statuses.last == 400)
      #expect(statuses.count < 300)
    }
  }

  @Test("A caller that has closed its sending side still gets its replies, and then the end")
  func halfClosed() async throws {
    let hooks = ScriptedHooks { _ in
      try? await Task.sleep(for: .milliseconds(30))
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks) { test in
      let client = try await RawClient(port: test.port)
      await client.send(TestListener.post("rpc", "{}") + TestListener.post("rpc", "{}"))
      client.finish()
      let result = await client.receive(until: .closed)
      #expect(result.statuses == [200, 200])
      #expect(result.isClosed)
    }
  }

  @Test("A connection that never brings a request of a known caller is closed; one that did may idle")
  func stranger() async throws {
    try await TestListener.serve(settings: { $0.strangerTimeout = .seconds(3) }) { test in
      let known = try await RawClient(port: test.port)
      await known.send(TestListener.post("rpc", "{}"))
      #expect(await known.receive().statuses == [200])
      let silent = try await RawClient(port: test.port)
      #expect(await silent.receive(until: .closed).replies.isEmpty)
      #expect(!(await known.receive(until: .silence(200)).isClosed))
    }
  }

  @Test("An idle connection is not closed by the clock on heads, neither before its first request nor after one")
  func idle() async throws {
    try await TestListener.serve(settings: { $0.headerTimeout = .milliseconds(100) }) { test in
      let client = try await RawClient(port: test.port)
      #expect(!(await client.receive(until: .silence(400)).isClosed))
      await client.send(TestListener.post("rpc", "{}"))
      let result = await client.receive(until: .silence(400))
      #expect(result.statuses == [200])
      #expect(!result.isClosed)
    }
  }

  @Test("A head that does not come to its end in time is a 408, however steadily its bytes come")
  func slowHead() async throws {
    try await TestListener.serve(settings: { $0.headerTimeout = .milliseconds(200) }) { test in
      let client = try await RawClient(port: test.port)
      let start = ContinuousClock.now
      for byte in "POST /centrifugo/rpc HTTP/1.1\r\nHost: hhhhhhhhhhhhhhhhhhhh".utf8 {
        await client.send([byte])
        try await Task.sleep(for: .milliseconds(10))
      }
      let result = await client.receive(until: .closed)
      #expect(result.statuses == [408])
      #expect(result.isClosed)
      #expect(ContinuousClock.now - start < .seconds(60))
      #expect(test.refused(408) == "1")
    }
  }

  @Test("A body that does not come to its end in time is a 408, also behind another request")
  func slowBody() async throws {
    try await TestListener.serve(settings: { $0.bodyTimeout = .milliseconds(200) }) { test in
      let partial = String(TestListener.post("rpc", #"{"method":"m"}"#).dropLast(3))
      let alone = try await test.exchange(partial, until: .closed)
      #expect(alone.statuses == [408])
      let behind = try await test.exchange(TestListener.post("rpc", "{}") + partial, until: .closed)
      #expect(behind.statuses == [200, 408])
    }
  }

  @Test("A head that stops behind another request is a 408")
  func slowSecondHead() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks, settings: { $0.headerTimeout = .milliseconds(200) }) { test in
      let client = try await RawClient(port: test.port)
      await client.send(TestListener.post("rpc", "{}"))
      #expect(await eventually { !hooks.requests.isEmpty })
      await client.send("POST /centri")
      try await Task.sleep(for: .milliseconds(50))
      gate.open()
      #expect(await client.receive(until: .closed).statuses == [200, 408])
    }
  }

  @Test("A request's deadline counts from its head, also where the body comes later")
  func deadline() async throws {
    try await TestListener.serve(settings: { $0.answerTime = .milliseconds(500) }) { test in
      let whole = TestListener.post("rpc", "{}")
      let client = try await RawClient(port: test.port)
      let before = Deadline.now
      await client.send(String(whole.dropLast(2)))
      try await Task.sleep(for: .milliseconds(200))
      let late = Deadline.now
      await client.send("{}")
      #expect(await client.receive().statuses == [200])
      let deadline = try #require(test.hooks.requests.first).deadline.nanoseconds
      #expect(deadline >= before + 500_000_000)
      #expect(deadline < late + 500_000_000)
    }
  }

  @Test("Without descriptors for another connection accepting pauses, and goes on by itself")
  func acceptPause() async throws {
    let warning = RareWarning(Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let accepted = Atomic<Int>(0)
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(warning))
        }
      }
      .childChannelInitializer { channel in
        accepted.add(1, ordering: .relaxed)
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    server.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
    #expect(try await server.getOption(.autoRead).get() == false)
    let client = try await RawClient(port: port)
    #expect(await eventually { accepted.load(ordering: .relaxed) == 1 })
    #expect(try await server.getOption(.autoRead).get())
    withExtendedLifetime(client) {}
    try await server.close().get()
  }

  @Test("A hook runs on its connection's event loop, before and after it waited for another thread")
  func executor() async throws {
    let loops = Mutex<[ObjectIdentifier?]>([])
    @Sendable func note() {
      loops.withLock { $0.append(MultiThreadedEventLoopGroup.currentEventLoop.map { ObjectIdentifier($0) }) }
    }
    let hooks = ScriptedHooks { _ in
      note()
      await withCheckedContinuation { continuation in Task.detached { continuation.resume() } }
      note()
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks) { test in
      let result = try await test.exchange(TestListener.post("rpc", "{}"))
      #expect(result.statuses == [200])
      let seen = loops.withLock { $0 }
      #expect(seen.count == 2)
      #expect(seen.first.flatMap(\.self) != nil)
      #expect(seen.first == seen.last)
    }
  }
}
