import NIOSSL
import Testing

@testable import ProxyHooks

/// The hooks over TLS, asked for no certificate or with a good one.
@Suite struct TLSListenerTests {
  @Test("A request over TLS 1.3 and 1.2 is answered, and HTTP/1.1 chosen where HTTP/2 is offered first")
  func answers() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings()) { test in
      for version in [TLSVersion.tlsv13, .tlsv12] {
        var form = try TLSClient.Form(site)
        form.maximum = version
        let client = try await TLSClient(port: test.port, form)
        client.send(TestListener.post("rpc", "{}"))
        let result = await client.receive()
        #expect(result.statuses == [200])
        #expect(!result.isClosed)
        #expect(client.now.version == version)
        #expect(client.now.negotiated == "http/1.1")
      }
      #expect(test.hooks.requests.count == 2)
    }
  }

  static let outdated: [(what: String, change: @Sendable (inout TLSClient.Form) -> Void)] = [
    ("TLS 1.1", { $0.maximum = .tlsv11 }),
    ("CBC", { ($0.maximum, $0.ciphers) = (.tlsv12, "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA") }),
    ("RSA key exchange", { ($0.maximum, $0.ciphers) = (.tlsv12, "AES128-GCM-SHA256:AES256-GCM-SHA384") }),
  ]

  @Test(
    "Versions before 1.2 and ciphers without forward secrecy or authentication find no handshake",
    arguments: outdated.indices)
  func old(index: Int) async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings()) { test in
      var form = try TLSClient.Form(site)
      Self.outdated[index].change(&form)
      let client = try await TLSClient(port: test.port, form)
      client.send(TestListener.post("rpc", "{}"))
      let result = await client.receiveAll()
      #expect(result.isClosed && result.text.isEmpty && !client.now.hasShaken)
      #expect(test.hooks.requests.isEmpty)
      #expect(test.sample(#"proxyhooks_tls_refused_total{reason="failed"}"#) == "1.0")
    }
  }

  @Test("The secret is asked for over TLS too, with a good certificate as without")
  func secret() async throws {
    for isMutual in [false, true] {
      let site = try TLSSite(isMutual: isMutual)
      try await TestListener.serve(tls: try site.settings()) { test in
        let client = try await TLSClient(
          port: test.port, try TLSClient.Form(site, isMutual ? try site.clientCertificate() : nil))
        client.send("POST /centrifugo/rpc HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
        let result = await client.receiveAll()
        #expect(result.statuses == [401])
        #expect(test.hooks.requests.isEmpty)
      }
    }
  }

  @Test("Requests sent one behind the other over TLS are answered in order, also to a caller that has stopped sending")
  func pipelining() async throws {
    let hooks = ScriptedHooks { request in .rpc(.init(data: Array(request.method.utf8))) }
    let site = try TLSSite()
    try await TestListener.serve(hooks: hooks, tls: try site.settings()) { test in
      let client = try await TLSClient(port: test.port, try TLSClient.Form(site, try site.clientCertificate()))
      client.send((0..<10).map { TestListener.post("rpc", #"{"method":"\#($0)"}"#) }.joined())
      client.finish()
      let result = await client.receiveAll()
      #expect(result.replies.map(\.body) == (0..<10).map { #"{"result":{"data":\#($0)}}"# })
      #expect(result.isClosed)
    }
  }

  @Test("A body over the limit is refused over TLS with the reply that the caller can read")
  func tooLarge() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings()) { test in
      let client = try await TLSClient(port: test.port, try TLSClient.Form(site))
      client.send(TestListener.post("publish", String(repeating: "a", count: 1_000_000)))
      let result = await client.receiveAll()
      #expect(result.replies.map(\.body) == [HTTPRefusalTests.tooLarge])
    }
  }

  @Test("Plain HTTP on the TLS port and TLS on the plain port end without an answer that allows")
  func wrongProtocol() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings()) { test in
      let result = try await test.exchange(TestListener.post("rpc", "{}"), until: .closed)
      #expect(result.isClosed && result.replies.isEmpty)
      #expect(test.hooks.requests.isEmpty)
      #expect(test.sample(#"proxyhooks_tls_refused_total{reason="failed"}"#) == "1.0")
    }
    try await TestListener.serve(insecure: true) { test in
      let client = try await TLSClient(port: test.port, try TLSClient.Form(site))
      client.send(TestListener.post("rpc", "{}"))
      let result = await client.receiveAll()
      #expect(result.isClosed && result.text.isEmpty && !client.now.hasShaken)
      #expect(test.hooks.requests.isEmpty)
    }
  }

  /// The first bytes of a ClientHello's record.
  static let begun: [[UInt8]] = [[], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]]

  @Test("A handshake that is not begun, or stops in the middle, is ended", arguments: begun)
  func slow(bytes: [UInt8]) async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings(), settings: { $0.handshakeTimeout = .milliseconds(300) }) {
      test in
      let client = try await RawClient(port: test.port)
      await client.send(bytes)
      let result = await client.receive(until: .closed)
      #expect(result.isClosed && result.text.isEmpty)
      #expect(test.sample(#"proxyhooks_tls_refused_total{reason="timed_out"}"#) == "1.0")
      // A caller that is known may idle for longer than that.
      let known = try await TLSClient(port: test.port, try TLSClient.Form(site))
      known.send(TestListener.post("rpc", "{}"))
      _ = await known.receive()
      try await Task.sleep(for: .milliseconds(600))
      #expect(!known.now.isClosed)
    }
  }

  @Test("Bytes that are no handshake end no process, whatever they are")
  func garbage() async throws {
    let site = try TLSSite(isMutual: false)
    var random = SystemRandomNumberGenerator()
    try await TestListener.serve(tls: try site.settings()) { test in
      for count in 0..<200 {
        let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        let client = try await RawClient(port: test.port)
        await client.send([UInt8(20 + count % 4), 0x03, 0x01, 0, UInt8(count)] + body)
        client.finish()
      }
      let client = try await TLSClient(port: test.port, try TLSClient.Form(site))
      client.send(TestListener.post("rpc", "{}"))
      #expect(await client.receive().statuses == [200])
    }
  }

  @Test("A connection over the limit is closed without a handshake; the others go on")
  func connections() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings(), settings: { $0.maximumConnections = 1 }) { test in
      let first = try await TLSClient(port: test.port, try TLSClient.Form(site))
      first.send(TestListener.post("rpc", "{}"))
      #expect(await first.receive().statuses == [200])
      let second = try await TLSClient(port: test.port, try TLSClient.Form(site))
      #expect(await second.receiveAll().isClosed)
      #expect(!second.now.hasShaken)
      first.send(TestListener.post("rpc", "{}"))
      #expect(await first.receive(replies: 2).statuses == [200, 200])
      #expect(test.refused(503) == "1")
    }
  }

  @Test("A drain answers what is under way over TLS, and waits for no handshake")
  func drain() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    let site = try TLSSite()
    // None of these clocks is what ends the connections.
    let patient: (inout HTTPSettings) -> Void = {
      ($0.drainTime, $0.handshakeTimeout, $0.bodyTimeout) = (.seconds(60), .seconds(60), .seconds(60))
    }
    try await TestListener.serve(hooks: hooks, tls: try site.settings(), settings: patient) { test in
      let client = try await TLSClient(port: test.port, try TLSClient.Form(site, try site.clientCertificate()))
      client.send(TestListener.post("rpc", "{}"))
      let idle = try await TLSClient(port: test.port, try TLSClient.Form(site, try site.clientCertificate()))
      let silent = try await RawClient(port: test.port)
      #expect(await eventually { hooks.requests.count == 1 && idle.now.hasShaken })
      let start = ContinuousClock.now
      async let drained: Void = test.listener.drain()
      #expect(await silent.receive(until: .closed).isClosed)
      #expect(await idle.receiveAll().isClosed)
      gate.open()
      let result = await client.receiveAll()
      #expect(result.statuses == [200])
      #expect(result.replies.first?.headers["connection"] == "close")
      await drained
      #expect(ContinuousClock.now - start < .seconds(30))
    }
  }
}
