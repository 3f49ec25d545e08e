import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Testing

@testable import ProxyHooks

/// The same identities, gate and names as the listener for HTTP has.
@Suite struct GRPCTLSTests {
  /// How a caller with `certificate` speaks to `site`.
  private func security(
    _ site: TLSSite, _ certificate: TestCertificate?
  ) -> HTTP2ClientTransport.Posix.TransportSecurity {
    .tls { tls in
      tls.trustRoots = .certificates([.bytes(Array(site.serverAuthority.certificatePEM.utf8), format: .pem)])
      tls.serverCertificateVerification = .noHostnameVerification
      if let certificate {
        tls.certificateChain = [.bytes(Array(certificate.certificatePEM.utf8), format: .pem)]
        tls.privateKey = .bytes(Array(certificate.keyPEM.utf8), format: .pem)
      }
    }
  }

  @Test("A caller with a certificate of an allowed name is heard, and called by that name")
  func heard() async throws {
    let site = try TLSSite()
    let hooks = ScriptedHooks()
    try await TestGRPCListener.serve(hooks: hooks, tls: try site.settings()) { test in
      try await test.connect(security: security(site, try site.clientCertificate())) { client in
        _ = try await client.call(TestGRPCListener.Proxy.Publish.descriptor, [[]])
        #expect(
          await failure { _ = try await client.call(TestGRPCListener.Proxy.Publish.descriptor, [[]], metadata: [:]) }
            == .unauthenticated)
      }
    }
    #expect(hooks.requests.map(\.caller) == ["centrifugo.example"])
  }

  @Test("A caller without a good certificate of an allowed name is never heard, whatever secret it has")
  func strangers() async throws {
    let site = try TLSSite()
    let certificates: [TestCertificate?] = [
      nil, try site.clientCertificate(names: "DNS:other.example"), try site.clientCertificate(notAfter: -60),
      try site.clientCertificate(issuer: .authority("client root")),
    ]
    let hooks = ScriptedHooks()
    try await TestGRPCListener.serve(hooks: hooks, tls: try site.settings()) { test in
      for certificate in certificates {
        let code = try await test.connect(security: security(site, certificate)) { client in
          await failure {
            _ = try await client.call(TestGRPCListener.Proxy.Publish.descriptor, [[]], timeout: .seconds(2))
          }
        }
        #expect(code != nil)
      }
      let client = try await RawClient(port: test.port)
      await client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
      #expect(await client.receive(until: .closed).isClosed)
    }
    #expect(hooks.requests.isEmpty)
  }

  @Test("The gRPC listener speaks HTTP/2, the other one HTTP/1.1, whatever is offered")
  func protocols() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestGRPCListener.serve(tls: try site.settings(names: [])) { test in
      let client = try await TLSClient(port: test.port, try TLSClient.Form(site))
      #expect(await eventually { client.now.hasShaken })
      #expect(client.now.negotiated == "h2")
    }
  }

  @Test("A connection ends with the certificate that opened it, after what is under way is answered")
  func expiry() async throws {
    let site = try TLSSite()
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestGRPCListener.serve(hooks: hooks, tls: try site.settings()) { test in
      let certificate = try site.clientCertificate(notAfter: 8)
      try await test.connect(security: security(site, certificate)) { client in
        async let busy = client.call(TestGRPCListener.Proxy.Publish.descriptor, [[]])
        #expect(await eventually { hooks.requests.count == 1 })
        // Past the certificate's end: there is no other connection with it, and this one waits for its call.
        try await Task.sleep(for: .seconds(10))
        // One that the client tries meanwhile is turned away.
        #expect(await eventually { test.listener.connectionCount == 1 })
        gate.open()
        #expect(try await busy.count == 1)
        #expect(await eventually { test.listener.connectionCount == 0 })
      }
    }
  }

  @Test("New files are for new handshakes, and the calls of connections that are open go on")
  func renewal() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestGRPCListener.serve(tls: try site.settings(names: [])) { test in
      let form = try TLSClient.Form(site)
      func serial() async throws -> [UInt8] {
        let client = try await TLSClient(port: test.port, form)
        #expect(await eventually { client.now.hasShaken })
        return client.now.serial
      }
      let before = try await serial()
      try await test.connect(security: security(site, nil)) { client in
        _ = try await client.call(TestGRPCListener.Proxy.Publish.descriptor, [[]])
        try site.install(try site.serverCertificate(notAfter: 7_200))
        let identities = try #require(test.tls)
        // A change is taken at the second look that sees it.
        await onThread {
          identities.look()
          identities.look()
        }
        #expect(test.sample(#"proxyhooks_tls_reloads_total{result="taken"}"#) == "1.0")
        #expect(try await serial() != before)
        let accepted = test.listener.acceptedCount
        _ = try await client.call(TestGRPCListener.Proxy.Publish.descriptor, [[]])
        #expect(test.listener.acceptedCount == accepted)
      }
    }
  }
}
