import CentrifugoProxyAPI
import GRPCCore
import SwiftProtobuf
import Testing

@testable import ProxyHooks

@Suite struct GRPCCallTests {
  private typealias Proxy = Centrifugal_Centrifugo_Proxy_CentrifugoProxy.Method
  private typealias Publish = Centrifugal_Centrifugo_Proxy_PublishRequest

  private func publish(_ data: String = "{}") -> Publish {
    .with {
      ($0.client, $0.encoding, $0.user, $0.channel, $0.data) = ("c", "json", "alice", "match:1", .init(data.utf8))
    }
  }

  @Test("Only a caller that presents the secret, once, is heard")
  func secret() async throws {
    let strangers: [Metadata] = [
      [:], ["x-proxyhooks-secret": .string("another secret, 32 bytes long, no")],
      ["x-proxyhooks-secret": .string(TestListener.secret), "X-ProxyHooks-Secret": .string(TestListener.secret)],
      ["x-proxyhooks-secret": .string(String(repeating: "a", count: 2_000))], ["x-proxyhooks-secret": .string("")],
    ]
    let hooks = ScriptedHooks()
    try await TestGRPCListener.serve(hooks: hooks) { test in
      try await test.connect { client in
        for metadata in strangers {
          for (method, _) in GRPCMethod.all where method != Grpc_Health_V1_Health.Method.Check.descriptor {
            let code = await failure { _ = try await client.call(method, [[]], metadata: metadata) }
            #expect(code == .unauthenticated, "\(method)")
          }
        }
        #expect(hooks.requests.isEmpty)
        #expect(
          test.sample(#"proxyhooks_grpc_refused_total{reason="unauthenticated"}"#)
            == "\(strangers.count * (GRPCMethod.all.count - 1)).0")
        let response: Centrifugal_Centrifugo_Proxy_PublishResponse = try await client.call(
          Proxy.Publish.descriptor, publish())
        #expect(response.error.code == 403 && !response.hasResult)
      }
      #expect(hooks.requests.count == 1)
      #expect(hooks.requests.first?.caller == "secret")
    }
  }

  @Test("What is no hook is refused, and nothing of it allows")
  func refused() async throws {
    try await TestGRPCListener.serve { test in
      try await test.connect { client in
        for method in [Proxy.SubscribeUnidirectional.descriptor, Proxy.SubscribeBidirectional.descriptor] {
          let response: Centrifugal_Centrifugo_Proxy_StreamSubscribeResponse = try await client.call(
            method, Centrifugal_Centrifugo_Proxy_SubscribeRequest())
          #expect(response.subscribeResponse.error.code == 404 && !response.subscribeResponse.hasResult)
        }
        for method in [
          Proxy.MapPublish.descriptor, Proxy.MapRemove.descriptor, Proxy.SharedPollRefresh.descriptor,
          Proxy.NotifyChannelState.descriptor,
        ] {
          let response: Centrifugal_Centrifugo_Proxy_PublishResponse = try await client.call(method, publish())
          #expect(response.error.code == 404 && !response.hasResult)
        }
        for method in [
          Proxy.NotifyCacheEmpty.descriptor, MethodDescriptor(fullyQualifiedService: "a.B", method: "C"),
          MethodDescriptor(fullyQualifiedService: "centrifugal.centrifugo.proxy.CentrifugoProxy", method: "publish"),
        ] {
          #expect(await failure { _ = try await client.call(method, [[]]) } == .unimplemented, "\(method)")
        }
      }
      #expect((test.hooks as? ScriptedHooks)?.requests.isEmpty == true)
    }
  }

  @Test("A known caller's message that can't be taken is a refusal, not a failed call", arguments: HookKind.allCases)
  func unreadable(kind: HookKind) async throws {
    try await TestGRPCListener.serve(settings: { $0.maximumBodyBytes = 4_096 }) { test in
      try await test.connect { client in
        let large = try Publish.with { $0.data = .init(repeating: 0x20, count: 5_000) }.serializedBytes() as [UInt8]
        let cases: [([[UInt8]], UInt32, String)] = [
          ([[0xFF]], 400, "bad_request"), ([], 400, "bad_request"), ([[], []], 400, "bad_request"),
          ([[0x0A, 1, 0xFF]], 400, "bad_request"), ([large], 413, "too_large"),
        ]
        for (messages, number, name) in cases {
          let received = try await client.call(kind.method, messages)
          let bytes = try #require(received.first)
          if kind == .refresh || kind == .subRefresh {
            #expect(try Centrifugal_Centrifugo_Proxy_RefreshResponse(serializedBytes: bytes).result.expired)
          } else {
            #expect(try Centrifugal_Centrifugo_Proxy_PublishResponse(serializedBytes: bytes).error.code == number)
          }
          #expect(
            test.metrics.text.contains(
              #"proxyhooks_hook_replies_total{hook="\#(kind.rawValue)",outcome="error",code="\#(name)"}"#))
        }
      }
      #expect((test.hooks as? ScriptedHooks)?.requests.isEmpty == true)
    }
  }

  @Test("A call's own time is its deadline where it is the shorter one")
  func deadline() async throws {
    let hooks = ScriptedHooks()
    try await TestGRPCListener.serve(hooks: hooks, settings: { $0.answerTime = .seconds(500) }) { test in
      try await test.connect { client in
        _ =
          try await client.call(Proxy.Publish.descriptor, publish(), timeout: .seconds(100))
          as Centrifugal_Centrifugo_Proxy_PublishResponse
        _ =
          try await client.call(Proxy.Publish.descriptor, publish(), timeout: .seconds(1_000))
          as Centrifugal_Centrifugo_Proxy_PublishResponse
        for text in ["-5S", "+5S", "5", "", "S", "123456789S", "1.5S", "5s", "٣S"] {
          var metadata = TestGRPCClient.known
          metadata.addString(text, forKey: "grpc-timeout")
          _ =
            try await client.call(Proxy.Publish.descriptor, publish(), metadata: metadata)
            as Centrifugal_Centrifugo_Proxy_PublishResponse
        }
      }
    }
    let left = hooks.requests.map(\.deadline.millisecondsLeft)
    try #require(left.count == 11)
    #expect((1...100_000).contains(left[0]))
    for milliseconds in left.dropFirst() { #expect((400_000...500_000).contains(milliseconds)) }
  }

  @Test("A call's time is read as gRPC spells it, and nothing else is")
  func timeouts() {
    let good: [(String, UInt64)] = [
      ("0n", 0), ("1n", 1), ("1u", 1_000), ("1m", 1_000_000), ("1S", 1_000_000_000), ("1M", 60_000_000_000),
      ("1H", 3_600_000_000_000), ("99999999n", 99_999_999), ("99999999H", .max),
    ]
    for (text, nanoseconds) in good { #expect(GRPCTimeout.nanoseconds(text) == nanoseconds, "\(text)") }
    for text in ["", "1", "S", "-1S", "+1S", " 1S", "1 S", "1s", "999999999S", "1.0S", "0x1S"] {
      #expect(GRPCTimeout.nanoseconds(text) == nil, "\(text)")
    }
  }

  @Test("A packed message is read, and one that unpacks to more than may be is refused")
  func gzip() async throws {
    try await TestGRPCListener.serve { test in
      try await test.connect { client in
        let response: Centrifugal_Centrifugo_Proxy_PublishResponse = try await client.call(
          Proxy.Publish.descriptor, publish(), gzip: true)
        #expect(response.error.code == 403)
        let bomb = [UInt8](repeating: 0, count: 64 << 20)
        let refused = try await client.call(Proxy.Publish.descriptor, [bomb], gzip: true)
        let refusal = try Centrifugal_Centrifugo_Proxy_PublishResponse(serializedBytes: try #require(refused.first))
        #expect(refusal.error.code == 413)
        // The connection is good for the next call.
        let next: Centrifugal_Centrifugo_Proxy_PublishResponse = try await client.call(
          Proxy.Publish.descriptor, publish())
        #expect(next.error.code == 403)
      }
      #expect((test.hooks as? ScriptedHooks)?.requests.count == 2)
    }
  }

  @Test("One call too many is refused, with the answer of an outage")
  func overload() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestGRPCListener.serve(hooks: hooks, settings: { $0.maximumInFlight = 1 }) { test in
      try await test.connect { client in
        async let first: Centrifugal_Centrifugo_Proxy_PublishResponse = client.call(
          Proxy.Publish.descriptor, publish())
        #expect(await eventually { hooks.requests.count == 1 })
        let second: Centrifugal_Centrifugo_Proxy_PublishResponse = try await client.call(
          Proxy.Publish.descriptor, publish(), timeout: .seconds(20))
        #expect(second.error.code == 503 && second.error.temporary)
        let refresh: Centrifugal_Centrifugo_Proxy_RefreshResponse = try await client.call(
          Proxy.Refresh.descriptor, Centrifugal_Centrifugo_Proxy_RefreshRequest())
        #expect(refresh.result.expired)
        gate.open()
        let answered = try await first
        #expect(answered.error.code == 403)
      }
    }
  }

  @Test("Health is told without a secret, of the service that is here")
  func health() async throws {
    for isReady in [true, false] {
      try await TestGRPCListener.serve(isReady: { isReady }) { test in
        try await test.connect { client in
          for name in ["", "centrifugal.centrifugo.proxy.CentrifugoProxy"] {
            let response: Grpc_Health_V1_HealthCheckResponse = try await client.call(
              Grpc_Health_V1_Health.Method.Check.descriptor,
              Grpc_Health_V1_HealthCheckRequest.with { $0.service = name }, metadata: [:])
            #expect(response.status == (isReady ? .serving : .notServing))
          }
          let code = await failure {
            let message = try Grpc_Health_V1_HealthCheckRequest.with { $0.service = "a" }.serializedBytes() as [UInt8]
            _ = try await client.call(Grpc_Health_V1_Health.Method.Check.descriptor, [message], metadata: [:])
          }
          #expect(code == .notFound)
        }
      }
    }
  }

  @Test("What a call forwards reaches the hook as a header of HTTP's does")
  func forwarded() async throws {
    let hooks = ScriptedHooks()
    try await TestGRPCListener.serve(hooks: hooks, settings: { $0.clientAddressHeader = "X-Real-Ip" }) { test in
      try await test.connect { client in
        var metadata = TestGRPCClient.known
        metadata.addString("Bearer a", forKey: "authorization")
        metadata.addString("2001:DB8:0::1", forKey: "x-real-ip")
        _ = try await client.call(Proxy.Connect.descriptor, [[]], metadata: metadata)
        metadata.addString("Bearer b", forKey: "authorization")
        metadata.addString("192.0.2.7", forKey: "x-real-ip")
        _ = try await client.call(Proxy.Connect.descriptor, [[]], metadata: metadata)
      }
    }
    try #require(hooks.requests.count == 2)
    #expect(hooks.requests[0].authorization == "Bearer a" && hooks.requests[0].clientAddress == "2001:db8::1")
    #expect(hooks.requests[1].authorization == nil && hooks.requests[1].clientAddress == "")
  }

  @Test("A listener that stops answers what is under way and lets nobody else in")
  func drain() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestGRPCListener.serve(hooks: hooks, settings: { $0.drainTime = .seconds(10) }) { test in
      try await test.connect { client in
        async let first: Centrifugal_Centrifugo_Proxy_PublishResponse = client.call(
          Proxy.Publish.descriptor, publish())
        #expect(await eventually { hooks.requests.count == 1 })
        let end = Task { await test.listener.drain() }
        _ = await eventually { test.listener.isDraining }
        gate.open()
        let answered = try await first
        #expect(answered.error.code == 403)
        await end.value
      }
      #expect(test.listener.connectionCount == 0)
      await #expect(throws: (any Error).self) { try await RawClient(port: test.port) }
    }
  }

  @Test("A connection ends after its time, its caller goes on with another, and what was asked is answered")
  func age() async throws {
    let hooks = ScriptedHooks { _ in
      try? await Task.sleep(for: .milliseconds(20))
      return .error(.denied)
    }
    try await TestGRPCListener.serve(hooks: hooks, settings: { $0.maximumAge = .milliseconds(50) }) { test in
      let answered = try await test.connect { client in
        var answered = 0
        for _ in 0..<1_000 where answered < 5 || test.listener.acceptedCount < 3 {
          do {
            let response: Centrifugal_Centrifugo_Proxy_PublishResponse = try await client.call(
              Proxy.Publish.descriptor, publish())
            #expect(response.error.code == 403)
            answered += 1
          } catch let error as RPCError {
            // A call that its caller began on a connection that it has just been told ends; the hook must not know of it.
            #expect(error.code == .unavailable)
            try await Task.sleep(for: .milliseconds(20))
          }
        }
        return answered
      }
      #expect(hooks.requests.count == answered)
      #expect(test.listener.acceptedCount > 2)
    }
  }
}
