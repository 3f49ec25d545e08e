import Testing

@testable import ProxyHooks

/// How connections come and go, whatever their callers do about it.
@Suite struct GRPCConnectionTests {
  /// A caller that answers nothing of HTTP/2, and one call of its on stream 1.
  private func caller(_ test: TestGRPCListener, secret: String? = TestListener.secret) async throws -> RawClient {
    let client = try await RawClient(port: test.port)
    await client.send(
      RawHTTP2.preface + RawHTTP2.frame(4) + RawHTTP2.frame(1, flags: 4, stream: 1, RawHTTP2.headers(secret: secret))
        + RawHTTP2.frame(0, flags: 1, stream: 1, [0, 0, 0, 0, 0]))
    return client
  }

  @Test("A connection without a call that was admitted is ended after a while, and one with such a call is not")
  func strangers() async throws {
    try await TestGRPCListener.serve(settings: { $0.strangerTimeout = .seconds(2) }) { test in
      let known = try await caller(test)
      let strange = try await caller(test, secret: nil)
      #expect(await strange.receive(until: .closed).isClosed)
      #expect((test.hooks as? ScriptedHooks)?.requests.count == 1)
      #expect(await !known.receive(until: .silence(100)).isClosed)
    }
  }

  @Test("A connection whose time is over ends, also where its caller answers nothing and a call is under way")
  func silent() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestGRPCListener.serve(
      hooks: hooks, settings: { ($0.maximumAge, $0.graceTime) = (.seconds(2), .milliseconds(100)) }
    ) { test in
      let client = try await caller(test)
      #expect(await eventually { hooks.requests.count == 1 })
      #expect(await client.receive(until: .closed).isClosed)
      #expect(await eventually { test.listener.connectionCount == 0 })
      gate.open()
    }
  }

  @Test("One connection too many is closed and leaves nothing behind; a stranger gives its place up")
  func places() async throws {
    try await TestGRPCListener.serve(settings: { $0.maximumConnections = 2 }) { test in
      let hooks = try #require(test.hooks as? ScriptedHooks)
      let known = try await caller(test)
      #expect(await eventually { hooks.requests.count == 1 })
      let strange = try await caller(test, secret: nil)
      #expect(await eventually { test.count(#"proxyhooks_grpc_refused_total{reason="unauthenticated"}"#) == 1 })
      let second = try await caller(test)
      #expect(await strange.receive(until: .closed).isClosed)
      #expect(await eventually { hooks.requests.count == 2 })
      let third = try await caller(test)
      #expect(await third.receive(until: .closed).isClosed)
      #expect(test.count("proxyhooks_grpc_connections_turned_away_total") == 1)
      #expect(test.listener.connectionCount == 2)
      #expect(await !known.receive(until: .silence(100)).isClosed)
      #expect(await !second.receive(until: .silence(100)).isClosed)
    }
  }
}
