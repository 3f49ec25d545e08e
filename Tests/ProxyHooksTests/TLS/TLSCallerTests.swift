import Synchronization
import Testing

@testable import ProxyHooks

/// Who is let in with mutual TLS.
@Suite struct TLSCallerTests {
  private struct Case: Sendable {
    var what: String
    var reason: TLSRefusal
    var certificate: @Sendable (TLSSite) throws -> TestCertificate?
  }

  private static let strangers: [Case] = [
    Case(what: "no certificate", reason: .noCertificate) { _ in nil },
    Case(what: "another authority", reason: .badCertificate) {
      try $0.clientCertificate(issuer: .authority("client root"))
    },
    Case(what: "the server's authority", reason: .badCertificate) {
      try $0.clientCertificate(issuer: $0.serverAuthority)
    },
    Case(what: "signed by itself", reason: .badCertificate) { _ in
      try TestCertificate(.init(names: "DNS:centrifugo.example", usage: "clientAuth"))
    },
    Case(what: "expired", reason: .badCertificate) { try $0.clientCertificate(notAfter: -60) },
    Case(what: "not valid yet", reason: .badCertificate) { try $0.clientCertificate(notBefore: 600) },
    Case(what: "a server's", reason: .badCertificate) { try $0.clientCertificate(usage: "serverAuth") },
    Case(what: "issued by a client", reason: .badCertificate) {
      try $0.clientCertificate(issuer: $0.clientCertificate())
    },
    Case(what: "another name", reason: .unknownName) { try $0.clientCertificate(names: "DNS:other.example") },
    Case(what: "a name below it", reason: .unknownName) { try $0.clientCertificate(names: "DNS:a.centrifugo.example") },
    Case(what: "a wildcard", reason: .unknownName) { try $0.clientCertificate(names: "DNS:*.example") },
    Case(what: "the name alone as common name", reason: .unknownName) {
      try $0.clientCertificate(names: nil, commonName: "centrifugo.example")
    },
    Case(what: "the name as common name besides another", reason: .unknownName) {
      try $0.clientCertificate(names: "DNS:other.example", commonName: "centrifugo.example")
    },
    Case(what: "the name as a URI", reason: .unknownName) { try $0.clientCertificate(names: "URI:centrifugo.example") },
    Case(what: "the name as a mail address", reason: .unknownName) {
      try $0.clientCertificate(names: "email:centrifugo@example")
    },
    Case(what: "a URI in another case", reason: .unknownName) {
      try $0.clientCertificate(names: "URI:spiffe://example/Centrifugo")
    },
    Case(what: "an address", reason: .unknownName) { try $0.clientCertificate(names: "IP:127.0.0.1") },
  ]

  @Test("A caller without a good certificate of an allowed name is never heard", arguments: strangers.indices)
  func refused(index: Int) async throws {
    let it = Self.strangers[index]
    let site = try TLSSite()
    try await TestListener.serve(
      tls: try site.settings(names: ["centrifugo.example", "spiffe://example/centrifugo", "centrifugo@example"])
    ) { test in
      let client = try await TLSClient(port: test.port, try TLSClient.Form(site, try it.certificate(site)))
      client.send(TestListener.post("rpc", "{}"))
      let result = await client.receiveAll()
      #expect(result.isClosed && result.text.isEmpty, "\(it.what)")
      #expect(test.hooks.requests.isEmpty, "\(it.what)")
      for reason in TLSRefusal.allCases {
        let count = test.sample("proxyhooks_tls_refused_total{reason=\"\(reason.rawValue)\"}")
        #expect(count == (reason == it.reason ? "1.0" : "0.0"), "\(it.what): \(reason)")
      }
    }
  }

  @Test(
    "One allowed name among a certificate's names is enough, a DNS name in any case",
    arguments: [
      "DNS:centrifugo.example", "DNS:Centrifugo.EXAMPLE", "URI:spiffe://example/centrifugo",
      "DNS:other.example,email:a@b,IP:127.0.0.1,URI:spiffe://example/centrifugo",
    ])
  func admitted(names: String) async throws {
    let site = try TLSSite()
    try await TestListener.serve(
      tls: try site.settings(names: ["CENTRIFUGO.example", "spiffe://example/centrifugo"])
    ) { test in
      for usage in ["clientAuth", "serverAuth,clientAuth", nil] {
        let certificate = try site.clientCertificate(names: names, usage: usage)
        let client = try await TLSClient(port: test.port, try TLSClient.Form(site, certificate))
        client.send(TestListener.post("rpc", "{}"))
        #expect(await client.receive().statuses == [200])
        let name = names.contains("spiffe") ? "spiffe://example/centrifugo" : "CENTRIFUGO.example"
        #expect(test.hooks.requests.last?.caller == name, "the log calls it by the setting's name")
      }
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
    try await TestListener.serve(hooks: hooks, tls: try site.settings()) { test in
      let lasting = try await TLSClient(port: test.port, try TLSClient.Form(site, try site.clientCertificate()))
      let form = try TLSClient.Form(site, try site.clientCertificate(notAfter: 3))
      let idle = try await TLSClient(port: test.port, form)
      let busy = try await TLSClient(port: test.port, form)
      busy.send(TestListener.post("rpc", "{}"))
      #expect(await eventually { hooks.requests.count == 1 && idle.now.hasShaken && lasting.now.hasShaken })
      #expect(await idle.receiveAll().isClosed)
      #expect(!busy.now.isClosed)
      try await Task.sleep(for: .seconds(1))
      gate.open()
      let result = await busy.receiveAll()
      #expect(result.statuses == [200])
      #expect(result.replies.first?.headers["connection"] == "close")
      #expect(!lasting.now.isClosed)
    }
  }

  @Test("The time of a certificate is looked at in each handshake, also where the library did not")
  func clock() async throws {
    let site = try TLSSite()
    let ahead = Mutex<Int64>(0)
    try await TestListener.serve(
      tls: try site.settings(), unixTime: { UTCTime.now.seconds + ahead.withLock { $0 } }
    ) { test in
      let form = try TLSClient.Form(site, try site.clientCertificate())
      for (seconds, isAdmitted) in [(0, true), (7_200, false), (-7_200, false)] {
        ahead.withLock { $0 = Int64(seconds) }
        let client = try await TLSClient(port: test.port, form)
        client.send(TestListener.post("rpc", "{}"))
        let result = await client.receive()
        #expect(result.statuses == (isAdmitted ? [200] : []))
        #expect(result.isClosed == !isAdmitted)
      }
      #expect(test.sample(#"proxyhooks_tls_refused_total{reason="bad_certificate"}"#) == "2.0")
    }
  }
}
