import Foundation

@testable import ProxyHooks

/// A listener's files in a directory of their own, removed with it, and the authorities behind them.
final class TLSSite {
  /// The authority of the server's certificate.
  let serverAuthority: TestCertificate
  /// The authority of callers' certificates.
  let clientAuthority: TestCertificate
  let files: TLSFiles
  private let directory: URL

  /// A site with good files; `isMutual` has callers asked for certificates.
  init(isMutual: Bool = true) throws {
    serverAuthority = try .authority("server root")
    clientAuthority = try .authority("client root")
    directory = FileManager.default.temporaryDirectory.appending(path: "proxyhooks-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let path = { [directory] (name: String) in directory.appending(path: name).path }
    files = TLSFiles(
      certificate: path("server.pem"), key: path("server.key"), clientCA: isMutual ? path("clients.pem") : nil)
    try install(serverCertificate())
    if isMutual { try write(clientAuthority.certificatePEM, to: path("clients.pem")) }
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// A new certificate for the server.
  func serverCertificate(notBefore: Int = -3_600, notAfter: Int = 3_600) throws -> TestCertificate {
    try TestCertificate(
      .init(names: "DNS:hooks.example", usage: "serverAuth", notBefore: notBefore, notAfter: notAfter),
      issuer: serverAuthority)
  }

  /// A certificate that may call where `names` may.
  func clientCertificate(
    names: String? = "DNS:centrifugo.example", commonName: String = "c", usage: String? = "clientAuth",
    notBefore: Int = -3_600, notAfter: Int = 3_600, issuer: TestCertificate? = nil
  ) throws -> TestCertificate {
    try TestCertificate(
      .init(commonName: commonName, names: names, usage: usage, notBefore: notBefore, notAfter: notAfter),
      issuer: issuer ?? clientAuthority)
  }

  /// Writes the server's certificate and key.
  func install(_ certificate: TestCertificate) throws {
    try write(certificate.certificatePEM, to: files.certificate)
    try write(certificate.keyPEM, to: files.key)
  }

  /// Replaces a file as tools do that keep it whole: under another name, then renamed.
  func write(_ text: String, to path: String) throws {
    try text.write(toFile: path + ".new", atomically: false, encoding: .utf8)
    guard rename(path + ".new", path) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  func settings(names: [String] = ["centrifugo.example"]) throws -> TLSSettings {
    try TLSSettings(files: files, clientNames: names.compactMap { ClientName($0) })
  }
}
