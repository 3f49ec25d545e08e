import Foundation
import Testing

@testable import ProxyHooks

@Suite("TLS settings")
struct ConfigurationTLSTests {
  private static let good = [
    "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": "a secret of at least thirty-two bytes",
    "PROXYHOOKS_DATABASE_URL": "postgresql:///x", "PROXYHOOKS_REDIS_URL": "redis://localhost",
  ]

  private func read(_ tls: [String: String?], insecure: Bool = false) throws(ConfigurationError) -> Configuration {
    var environment = Self.good
    for (key, value) in tls { environment["PROXYHOOKS_\(key)"] = value }
    return try Configuration(environment: environment, file: nil, insecure: insecure, readFile: { _ in nil })
  }

  /// The keys of what is wrong, in order of the alphabet.
  private func wrong(_ tls: [String: String?], insecure: Bool = false) -> [String] {
    do throws(ConfigurationError) {
      _ = try read(tls, insecure: insecure)
      return []
    } catch {
      return error.problems.map { String($0.prefix { $0 != ":" }.dropFirst("PROXYHOOKS_".count)) }.sorted()
    }
  }

  private func settings(of site: TLSSite) -> [String: String?] {
    [
      "TLS_CERTIFICATE": site.files.certificate, "TLS_KEY": site.files.key, "TLS_CLIENT_CA": site.files.clientCA,
      "TLS_CLIENT_NAMES": site.files.clientCA.map { _ in "centrifugo.example, spiffe://example/centrifugo" },
    ]
  }

  @Test("TLS is off, asks nothing of callers, or is mutual, as the settings have it")
  func good() throws {
    #expect(try read([:]).tls == nil)
    let server = try TLSSite(isMutual: false)
    #expect(try read(settings(of: server)).tls?.isMutual == false)
    let mutual = try TLSSite()
    let tls = try #require(try read(settings(of: mutual)).tls)
    #expect(tls.isMutual)
    #expect(tls.clientNames.map(\.description) == ["centrifugo.example", "spiffe://example/centrifugo"])
  }

  @Test("Half of what belongs together keeps the service from starting, and names the other half")
  func halves() throws {
    let site = try TLSSite()
    defer { withExtendedLifetime(site) {} }
    let all = settings(of: site)
    func without(_ keys: String...) -> [String] { wrong(all.filter { !keys.contains($0.key) }) }
    #expect(without("TLS_KEY") == ["TLS_KEY"])
    #expect(without("TLS_CERTIFICATE") == ["TLS_CERTIFICATE"])
    #expect(without("TLS_CERTIFICATE", "TLS_KEY") == ["TLS_CERTIFICATE"])
    #expect(without("TLS_CLIENT_NAMES") == ["TLS_CLIENT_NAMES"])
    #expect(without("TLS_CLIENT_CA") == ["TLS_CLIENT_CA"])
    #expect(without("TLS_CERTIFICATE", "TLS_KEY", "TLS_CLIENT_CA") == ["TLS_CLIENT_CA"])
    #expect(without("TLS_KEY", "TLS_CLIENT_NAMES") == ["TLS_CLIENT_NAMES", "TLS_KEY"])
  }

  @Test("A file that can't be read, or holds something else, is named; several are named at once")
  func files() throws {
    let site = try TLSSite()
    let all = settings(of: site)
    func with(_ changes: [String: String]) -> [String] { wrong(all.merging(changes) { $1 }) }
    for key in ["TLS_CERTIFICATE", "TLS_KEY", "TLS_CLIENT_CA"] {
      #expect(with([key: "/nonexistent"]) == [key])
      #expect(with([key: "/"]) == [key])
      #expect(with([key: "/dev/zero"]) == [key])
    }
    #expect(
      with(["TLS_CERTIFICATE": "/nonexistent", "TLS_KEY": "/nonexistent", "TLS_CLIENT_CA": "/nonexistent"])
        == ["TLS_CERTIFICATE", "TLS_CLIENT_CA", "TLS_KEY"])
    #expect(with(["TLS_CERTIFICATE": site.files.key]) == ["TLS_CERTIFICATE"])
    #expect(with(["TLS_KEY": site.files.certificate]) == ["TLS_KEY"])
    #expect(with(["TLS_CLIENT_CA": site.files.key]) == ["TLS_CLIENT_CA"])
  }

  @Test("A pair that does not match, a certificate out of its time, a key behind a passphrase: none is taken")
  func contents() throws {
    let site = try TLSSite()
    let all = settings(of: site)
    let original = try site.serverCertificate()
    try site.install(original)
    #expect(wrong(all).isEmpty)
    try site.write(try site.serverCertificate().keyPEM, to: site.files.key)
    #expect(wrong(all) == ["TLS_KEY"])
    #expect(wrong(all.merging(["TLS_CLIENT_CA": "/nonexistent"]) { $1 }) == ["TLS_CLIENT_CA", "TLS_KEY"])
    try site.write(try original.encryptedKeyPEM(), to: site.files.key)
    #expect(wrong(all) == ["TLS_KEY"])
    try site.install(try site.serverCertificate(notAfter: -60))
    #expect(wrong(all) == ["TLS_CERTIFICATE"])
    try site.install(try site.serverCertificate(notBefore: 600))
    #expect(wrong(all) == ["TLS_CERTIFICATE"])
    // A chain with the root first has another key at its head.
    try site.write(site.serverAuthority.certificatePEM + original.certificatePEM, to: site.files.certificate)
    try site.write(original.keyPEM, to: site.files.key)
    #expect(wrong(all) == ["TLS_KEY"])
    try site.write(original.certificatePEM + site.serverAuthority.certificatePEM, to: site.files.certificate)
    #expect(wrong(all).isEmpty)
  }

  @Test("Names that no certificate can have are a mistake", arguments: ["a,,b", "a,", "*.example", "127.0.0.1", "a b"])
  func names(text: String) throws {
    let site = try TLSSite()
    defer { withExtendedLifetime(site) {} }
    #expect(wrong(settings(of: site).merging(["TLS_CLIENT_NAMES": text]) { $1 }) == ["TLS_CLIENT_NAMES"])
  }

  @Test("Mutual TLS does not stand in for the secret")
  func secret() throws {
    let site = try TLSSite()
    defer { withExtendedLifetime(site) {} }
    var all = settings(of: site)
    all["SECRET"] = ""
    #expect(wrong(all) == ["SECRET"])
    all["LISTEN"] = "0.0.0.0:1"
    #expect(wrong(all, insecure: true) == ["LISTEN"])
  }

  @Test("With TLS a service may listen beyond this machine without a warning")
  func cautions() throws {
    let site = try TLSSite(isMutual: false)
    defer { withExtendedLifetime(site) {} }
    func warned(_ settings: [String: String?]) throws -> Bool {
      try read(settings.merging(["LISTEN": "0.0.0.0:8080"]) { $1 }).cautions
        .contains { $0.hasPrefix("PROXYHOOKS_LISTEN: ") }
    }
    #expect(try warned([:]))
    #expect(try !warned(settings(of: site)))
  }

  @Test("A key that others may read, and roots that others may write, are warned of")
  func modes() throws {
    let site = try TLSSite()
    let roots = try #require(site.files.clientCA)
    func exposures() throws -> Int { try #require(try read(settings(of: site)).tls).exposures.count }
    for path in [site.files.certificate, site.files.key, roots] { try #require(chmod(path, 0o600) == 0) }
    for (path, mode, count): (String, mode_t, Int) in [
      (site.files.key, 0o600, 0), (site.files.key, 0o644, 1), (site.files.key, 0o640, 0), (roots, 0o664, 1),
      (roots, 0o644, 0), (site.files.certificate, 0o646, 1),
    ] {
      try #require(chmod(path, mode) == 0)
      #expect(try exposures() == count, "\(path) \(String(mode, radix: 8))")
    }
  }

  @Test("No problem repeats a path or a file's content")
  func leaks() throws {
    let site = try TLSSite()
    do throws(ConfigurationError) {
      _ = try read(
        settings(of: site).merging(["TLS_KEY": site.files.certificate, "TLS_CLIENT_CA": "/nonexistent"]) { $1 })
      Issue.record("it was taken")
    } catch {
      #expect(!error.description.contains("nonexistent") && !error.description.contains(site.files.certificate))
    }
  }
}
