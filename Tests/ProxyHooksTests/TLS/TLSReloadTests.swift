import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import ProxyHooks

/// Certificates that change while the service runs.
@Suite struct TLSReloadTests {
  /// Whether a new caller with `certificate` gets an answer, and the serial number of the server it saw.
  private func call(
    _ test: TestListener, _ site: TLSSite, _ certificate: TestCertificate? = nil
  ) async throws -> (isAnswered: Bool, serial: [UInt8]) {
    let client = try await TLSClient(port: test.port, try TLSClient.Form(site, certificate))
    client.send(TestListener.post("rpc", "{}"))
    let result = await client.receive()
    return (result.statuses == [200], client.now.serial)
  }

  /// A change is taken at the second look that sees it.
  private func lookTwice(_ test: TestListener) async throws {
    let identities = try #require(test.tls)
    await onThread {
      identities.look()
      identities.look()
    }
  }

  private func reloads(_ test: TestListener) -> [String?] {
    ["taken", "refused"].map { test.sample("proxyhooks_tls_reloads_total{result=\"\($0)\"}") }
  }

  @Test("New files are for new handshakes; connections that are open live on, and nothing is read without a change")
  func renewal() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings()) { test in
      let old = try await TLSClient(port: test.port, try TLSClient.Form(site))
      old.send(TestListener.post("rpc", "{}"))
      #expect(await old.receive().statuses == [200])
      let before = try await call(test, site).serial
      try await lookTwice(test)
      #expect(reloads(test) == ["0.0", "0.0"])

      try site.install(try site.serverCertificate(notAfter: 7_200))
      let end = UTCTime.now.seconds + 7_200
      try await lookTwice(test)
      #expect(reloads(test) == ["1.0", "0.0"])
      let (isAnswered, after) = try await call(test, site)
      #expect(isAnswered && after != before && !after.isEmpty)
      let notAfter = try #require(test.sample("proxyhooks_tls_certificate_not_after_seconds").flatMap { Double($0) })
      #expect(abs(notAfter - Double(end)) < 30)
      old.send(TestListener.post("rpc", "{}"))
      #expect(await old.receive(replies: 2).statuses == [200, 200])
      try await lookTwice(test)
      #expect(reloads(test) == ["1.0", "0.0"])
    }
  }

  @Test("A pair is taken whole: a certificate without its key is not, and told of once; with the key it is")
  func pair() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings()) { test in
      let before = try await call(test, site).serial
      let fresh = try site.serverCertificate()
      try site.write(fresh.certificatePEM, to: site.files.certificate)
      for _ in 0..<3 { try await lookTwice(test) }
      #expect(reloads(test) == ["0.0", "1.0"])
      #expect(try await call(test, site) == (true, before))
      try site.write(fresh.keyPEM, to: site.files.key)
      // The first look that sees it waits, as more may come.
      let identities = try #require(test.tls)
      await onThread { identities.look() }
      #expect(try await call(test, site) == (true, before))
      await onThread { identities.look() }
      #expect(reloads(test) == ["1.0", "1.0"])
      #expect(try await call(test, site).serial != before)
    }
  }

  @Test("Files that are no use are not taken, whatever is wrong with them, and the old ones serve")
  func broken() async throws {
    let site = try TLSSite()
    let caller = try site.clientCertificate()
    let wrong: [(String, String?)] = [
      (site.files.certificate, ""), (site.files.certificate, "no PEM"), (site.files.certificate, nil),
      (site.files.certificate, try site.serverCertificate().certificatePEM),
      (site.files.certificate, try site.serverCertificate(notAfter: -60).certificatePEM),
      (site.files.key, ""), (site.files.key, nil), (site.files.key, try site.serverCertificate().keyPEM),
      (site.files.clientCA ?? "", ""), (site.files.clientCA ?? "", nil),
      (site.files.clientCA ?? "", site.clientAuthority.keyPEM),
    ]
    try await TestListener.serve(tls: try site.settings()) { test in
      let serial = try await call(test, site, caller).serial
      for (place, (path, text)) in wrong.enumerated() {
        let good = try String(contentsOfFile: path, encoding: .utf8)
        if let text { try site.write(text, to: path) } else { try FileManager.default.removeItem(atPath: path) }
        try await lookTwice(test)
        #expect(reloads(test) == ["\(place).0", "\(place + 1).0"])
        #expect(try await call(test, site, caller) == (true, serial))
        try site.write(good, to: path)
        try await lookTwice(test)
        #expect(reloads(test) == ["\(place + 1).0", "\(place + 1).0"])
      }
    }
  }

  @Test("A certificate whose time has not come is taken when it has, without another change")
  func notYetValid() async throws {
    let site = try TLSSite(isMutual: false)
    try await TestListener.serve(tls: try site.settings()) { test in
      let before = try await call(test, site).serial
      try site.install(try site.serverCertificate(notBefore: 2))
      try await lookTwice(test)
      #expect(reloads(test) == ["0.0", "1.0"])
      #expect(try await call(test, site) == (true, before))
      try await Task.sleep(for: .seconds(3))
      try await lookTwice(test)
      #expect(reloads(test) == ["1.0", "1.0"])
    }
  }

  @Test("Callers of a root that was replaced are refused from then on, and those of the new one admitted")
  func roots() async throws {
    let site = try TLSSite()
    let next = try TestCertificate.authority("next root")
    let (old, new) = (try site.clientCertificate(), try site.clientCertificate(issuer: next))
    try await TestListener.serve(tls: try site.settings()) { test in
      #expect(try await call(test, site, old).isAnswered)
      #expect(!(try await call(test, site, new).isAnswered))
      let path = try #require(site.files.clientCA)
      try site.write(site.clientAuthority.certificatePEM + next.certificatePEM, to: path)
      try await lookTwice(test)
      #expect(try await call(test, site, old).isAnswered)
      #expect(try await call(test, site, new).isAnswered)
      try site.write(next.certificatePEM, to: path)
      try await lookTwice(test)
      #expect(!(try await call(test, site, old).isAnswered))
      #expect(try await call(test, site, new).isAnswered)
    }
  }

  @Test("The reloader finds a change by itself, reads at SIGHUP, and ends with the service")
  func reloader() async throws {
    let site = try TLSSite(isMutual: false)
    // The process of the tests must outlive a signal that comes before the reloader has taken it up.
    signal(SIGHUP, SIG_IGN)
    defer { signal(SIGHUP, SIG_DFL) }
    try await TestListener.serve(tls: try site.settings()) { test in
      let identities = try #require(test.tls)
      let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      for (interval, asks) in [(Duration.milliseconds(20), false), (.seconds(3_600), true)] {
        let before = reloads(test)
        let group = ServiceGroup(
          services: [FileWatch(looks: [{ identities.look(isAsked: $0) }], interval: interval)], logger: logger)
        async let ended: Void = group.run()
        try site.install(try site.serverCertificate())
        #expect(
          await eventually {
            if asks { kill(getpid(), SIGHUP) }
            return reloads(test).first != before.first
          })
        await group.triggerGracefulShutdown()
        try await ended
      }
      #expect(reloads(test).last == "0.0")
    }
  }
}
