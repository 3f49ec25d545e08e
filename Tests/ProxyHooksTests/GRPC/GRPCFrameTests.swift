import Testing

@testable import ProxyHooks

/// Raw frames of HTTP/2 (RFC 9113), as broken and hostile callers send them.
@Suite struct GRPCFrameTests {
  private static let badRequests =
    #"proxyhooks_hook_replies_total{hook="publish",outcome="error",code="bad_request"}"#

  @Test("A flood of calls that are cancelled at once ends its connection, and no other connection's calls")
  func resets() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestGRPCListener.serve(hooks: hooks) { test in
      try await test.connect { other in
        async let waiting = other.call(TestGRPCListener.Proxy.Publish.descriptor, [[]])
        #expect(await eventually { hooks.requests.count == 1 })
        let client = try await RawClient(port: test.port)
        await client.send(RawHTTP2.preface + RawHTTP2.frame(4))
        for first in stride(from: UInt32(1), to: 40_000, by: 2_000) {
          var bytes: [UInt8] = []
          for stream in stride(from: first, to: first + 2_000, by: 2) {
            bytes += RawHTTP2.frame(1, flags: 4, stream: stream, RawHTTP2.headers())
            bytes += RawHTTP2.frame(3, stream: stream, [0, 0, 0, 8])
          }
          await client.send(bytes)
        }
        #expect(await client.receive(until: .closed).isClosed)
        #expect(await eventually { test.listener.connectionCount == 1 })
        gate.open()
        #expect(try await waiting.count == 1)
      }
      #expect(hooks.requests.count == 1)
    }
  }

  @Test(
    "What is no HTTP/2 ends its connection, and no hook hears of it",
    arguments: [
      Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8), [UInt8](repeating: 0, count: 4_096),
      RawHTTP2.preface + RawHTTP2.frame(0, stream: 1, [1, 2, 3]),
      RawHTTP2.preface + RawHTTP2.frame(4) + RawHTTP2.frame(1, flags: 5, stream: 2, RawHTTP2.headers()),
      RawHTTP2.preface + RawHTTP2.frame(4) + RawHTTP2.frame(1, flags: 5, stream: 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
      RawHTTP2.preface + RawHTTP2.frame(4) + RawHTTP2.frame(9, flags: 4, stream: 1, RawHTTP2.headers()),
      RawHTTP2.preface + RawHTTP2.frame(4) + RawHTTP2.frame(8, stream: 0, [0, 0, 0, 0]),
      RawHTTP2.preface + RawHTTP2.frame(4, [0, 1]),
      RawHTTP2.preface + RawHTTP2.frame(4) + RawHTTP2.frame(6, [1]),
      RawHTTP2.preface + RawHTTP2.frame(4) + [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1],
    ])
  func broken(bytes: [UInt8]) async throws {
    try await TestGRPCListener.serve { test in
      let client = try await RawClient(port: test.port)
      await client.send(bytes)
      let end = await client.receive(until: .closed)
      #expect(end.isClosed)
      #expect((test.hooks as? ScriptedHooks)?.requests.isEmpty == true)
    }
  }

  @Test(
    "A message that is missing or cut is refused, and one that can't be read ends its call",
    arguments: [
      ([], 1), ([0, 0], 1), ([0, 0, 0, 0, 9, 1], 1), ([0, 0xFF, 0xFF, 0xFF, 0xFF], 0), ([1, 0, 0, 0, 1, 7], 0),
    ] as [([UInt8], Int)])
  func cut(message: [UInt8], refusals: Int) async throws {
    try await TestGRPCListener.serve { test in
      let client = try await RawClient(port: test.port)
      await client.send(RawHTTP2.preface + RawHTTP2.frame(4))
      if message.isEmpty {
        // The end comes with the headers.
        await client.send(RawHTTP2.frame(1, flags: 5, stream: 1, RawHTTP2.headers()))
      } else {
        await client.send(
          RawHTTP2.frame(1, flags: 4, stream: 1, RawHTTP2.headers()) + RawHTTP2.frame(0, flags: 1, stream: 1, message))
      }
      #expect(await eventually { test.count(Self.badRequests) == refusals })
      #expect((test.hooks as? ScriptedHooks)?.requests.isEmpty == true)
      #expect(!test.listener.isAnswering)
    }
  }

  @Test("A packed message that is cut or broken anywhere is refused, and a stranger's is not unpacked")
  func packed() async throws {
    let whole: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x0B, 0x62, 0x4D, 0xCC, 0xC9, 0x4C, 0x4E, 0x05, 0x00,
      0x09, 0xFD, 0x47, 0x98, 0x07, 0x00, 0x00, 0x00,
    ]
    func call(_ stream: UInt32, _ packed: [UInt8], secret: String?) -> [UInt8] {
      let headers = RawHTTP2.headers(secret: secret) + RawHTTP2.header("grpc-encoding", "gzip")
      return RawHTTP2.frame(1, flags: 4, stream: stream, headers)
        + RawHTTP2.frame(0, flags: 1, stream: stream, [1, 0, 0, 0, UInt8(packed.count)] + packed)
    }
    let hooks = ScriptedHooks()
    try await TestGRPCListener.serve(hooks: hooks) { test in
      let client = try await RawClient(port: test.port)
      await client.send(RawHTTP2.preface + RawHTTP2.frame(4))
      var stream: UInt32 = 1
      let strange = #"proxyhooks_grpc_refused_total{reason="unauthenticated"}"#
      // An empty message is one: a publish of nobody.
      for count in 1..<whole.count {
        await client.send(call(stream, Array(whole[..<count]), secret: TestListener.secret))
        #expect(await eventually { test.count(Self.badRequests) == count })
        await client.send(call(stream + 2, Array(whole[..<count]), secret: nil))
        #expect(await eventually { test.count(strange) == count })
        stream += 4
      }
      await client.send(call(stream, whole + [0], secret: TestListener.secret))
      #expect(await eventually { test.count(Self.badRequests) == whole.count })
      #expect(hooks.requests.isEmpty)
      await client.send(call(stream + 2, whole, secret: TestListener.secret))
      #expect(await eventually { hooks.requests.map(\.user) == ["alice"] })
    }
  }

  @Test("A message that does not come in its time is refused")
  func slow() async throws {
    try await TestGRPCListener.serve(settings: { $0.answerTime = .milliseconds(100) }) { test in
      let client = try await RawClient(port: test.port)
      await client.send(
        RawHTTP2.preface + RawHTTP2.frame(4) + RawHTTP2.frame(1, flags: 4, stream: 1, RawHTTP2.headers())
          + RawHTTP2.frame(0, stream: 1, [0, 0, 0, 0, 9, 1]))
      #expect(await eventually { test.count(Self.badRequests) == 1 })
    }
  }

  @Test("A stranger has few calls at once on a connection, each of few bytes, and none is kept waiting for the rest")
  func strangers() async throws {
    try await TestGRPCListener.serve(settings: { $0.maximumStrangeStreams = 4 }) { test in
      let health = RawHTTP2.headers(secret: nil, path: "/grpc.health.v1.Health/Check")
      let client = try await RawClient(port: test.port)
      let refused = #"proxyhooks_grpc_refused_total{reason="unauthenticated"}"#
      // Refused at once, whatever is still to come of them: so there can be any number, one after the other.
      await client.send(RawHTTP2.preface + RawHTTP2.frame(4))
      for number in 0..<20 {
        await client.send(RawHTTP2.frame(1, flags: 4, stream: UInt32(1 + number * 2), RawHTTP2.headers(secret: nil)))
        #expect(await eventually { test.count(refused) == number + 1 })
      }
      // Health checks wait for their message: no more than four of them do. On another connection, as a call that was refused
      // is counted a moment before it has ended.
      let other = try await RawClient(port: test.port)
      var calls = RawHTTP2.preface + RawHTTP2.frame(4)
      for number in 0..<10 { calls += RawHTTP2.frame(1, flags: 4, stream: UInt32(1 + number * 2), health) }
      await other.send(calls)
      #expect(await eventually { test.count("proxyhooks_grpc_strange_calls_refused_total") == 6 })
      // And not for a long one.
      await other.send(RawHTTP2.frame(0, stream: 1, [UInt8](repeating: 0, count: 5_000)))
      #expect(await eventually { test.count("proxyhooks_grpc_strange_calls_refused_total") == 7 })
    }
  }

  @Test(
    "A header that HTTP/2 does not have is no request",
    arguments: [
      // The same call with a header that it may have is one.
      ("x-fine", "a"), ("transfer-encoding", "chunked"), ("connection", "close"), ("keep-alive", "1"),
      ("upgrade", "h2c"),
      ("te", "gzip"), ("X-Upper", "a"), ("x-line", "a\r\nb"), ("x-line", "a\nb"), ("x-nul", "a\0b"), ("x\nline", "a"),
      (":path", "/"), (":status", "200"), ("content-length", "7"),
    ])
  func foreign(name: String, value: String) async throws {
    let hooks = ScriptedHooks()
    try await TestGRPCListener.serve(hooks: hooks) { test in
      let client = try await RawClient(port: test.port)
      func call(_ stream: UInt32, _ user: String, _ headers: [UInt8]) -> [UInt8] {
        let message: [UInt8] = [0x52, UInt8(user.utf8.count)] + Array(user.utf8)
        return RawHTTP2.frame(1, flags: 4, stream: stream, headers)
          + RawHTTP2.frame(0, flags: 1, stream: stream, [0, 0, 0, 0, UInt8(message.count)] + message)
      }
      await client.send(
        RawHTTP2.preface + RawHTTP2.frame(4) + call(1, "first", RawHTTP2.headers() + RawHTTP2.header(name, value))
          + call(3, "second", RawHTTP2.headers()))
      // The second call is heard, unless the first one cost the connection.
      var isClosed = false
      for _ in 0..<100 where !isClosed && !hooks.requests.contains(where: { $0.user == "second" }) {
        isClosed = await client.receive(until: .silence(100)).isClosed
      }
      #expect(isClosed || hooks.requests.contains { $0.user == "second" })
      _ = await client.receive(until: .silence(300))
      #expect(hooks.requests.contains { $0.user == "first" } == (name == "x-fine"))
    }
  }
}
