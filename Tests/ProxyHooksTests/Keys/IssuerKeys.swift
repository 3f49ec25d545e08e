import Auth
import Foundation
import NIOSSL
import StrictJSON
import Synchronization
import Testing

@testable import ProxyHooks

/// The `openssl` command, which makes what an issuer and its server need.
enum OpenSSL {
  struct Failed: Error { var arguments: [String] }

  static func run(_ arguments: String..., input: Data = Data(), in directory: URL? = nil) async throws -> Data {
    try await onThread {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["openssl"] + arguments
      process.currentDirectoryURL = directory
      let (stdin, stdout) = (Pipe(), Pipe())
      process.standardInput = stdin
      process.standardOutput = stdout
      process.standardError = FileHandle.nullDevice
      try process.run()
      try stdin.fileHandleForWriting.write(contentsOf: input)
      try stdin.fileHandleForWriting.close()
      let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw Failed(arguments: arguments) }
      return output
    }
  }
}

/// An Ed25519 key of an issuer's.
struct IssuerKey {
  let id: String
  private let pem: [UInt8]
  private let x: String

  init(_ id: String) async throws {
    self.id = id
    let pem = try await OpenSSL.run("genpkey", "-algorithm", "ed25519")
    self.pem = Array(pem)
    // A SubjectPublicKeyInfo of Ed25519 ends with the key itself (RFC 8410, section 4).
    let der = try await OpenSSL.run("pkey", "-pubout", "-outform", "DER", input: pem)
    x = der.suffix(32).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
      "=", with: "")
  }

  /// The public JWK; `extra` members follow a comma of their own.
  func jwk(_ extra: String = "") -> String { #"{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(x)"\#(extra)}"# }

  /// The public JWK with another `kid`, or without one.
  func jwk(kid: String?) -> String {
    #"{"kty":"OKP","crv":"Ed25519",\#(kid.map { #""kid":"\#($0)","# } ?? "")"x":"\#(x)"}"#
  }

  func token(_ user: String = "alice", kid: String? = nil, hasKeyID: Bool = true) throws -> [UInt8] {
    let signer = try TokenSigner(
      key: SigningKey(privateKeyPEM: pem), algorithm: .edDSA, keyID: hasKeyID ? kid ?? id : nil)
    let claims = #"{"sub":"\#(user)","exp":\#(Installation.now + 60)}"#
    return Array(try signer.sign(claimsJSON: Array(claims.utf8)).utf8)
  }
}

func keySet(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

/// A certificate authority and the servers it signs for.
final class TestAuthority {
  private let directory: URL

  init() async throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "proxyhooks-ca-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Data("[req]\ndistinguished_name=dn\nx509_extensions=ca\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\n".utf8)
      .write(to: directory.appending(path: "ca.cnf"))
    _ = try await OpenSSL.run(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "ca.cnf", "-subj",
      "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem", "-days", "1", in: directory)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// Its own certificate, as the setting has it.
  func certificates() throws -> [NIOSSLCertificate] {
    try NIOSSLCertificate.fromPEMFile(directory.appending(path: "ca.pem").path)
  }

  /// A server with a certificate for `names`, such as `IP:127.0.0.1`.
  func server(_ names: String) async throws -> NIOSSLContext {
    try Data("subjectAltName=\(names)\nbasicConstraints=CA:FALSE\n".utf8)
      .write(to: directory.appending(path: "server.cnf"))
    _ = try await OpenSSL.run(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "ca.cnf", "-subj",
      "/CN=issuer", "-keyout", "server.key", "-out", "server.csr", in: directory)
    _ = try await OpenSSL.run(
      "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile",
      "server.cnf", "-out", "server.pem", "-days", "1", in: directory)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: NIOSSLCertificate.fromPEMFile(directory.appending(path: "server.pem").path).map {
          .certificate($0)
        }, privateKey: .privateKey(NIOSSLPrivateKey(file: directory.appending(path: "server.key").path, format: .pem))))
  }
}
