import NIOCore
import NIOSSL

/// What the listener shows of itself and asks of callers: a certificate with its key, and the roots and names of theirs.
/// All of it is taken from the files at one time, so that no handshake meets one file's old and another's new content.
struct TLSIdentity: Sendable {
  /// What is spoken over TLS (RFC 7301, section 6).
  enum Application: String, Sendable {
    case http1 = "http/1.1"
    case http2 = "h2"
  }

  private let http1: NIOSSLContext
  private let http2: NIOSSLContext
  /// When the server's own certificate ends, in Unix seconds.
  let notAfter: Int64
  /// Whether callers must show a certificate.
  let isMutual: Bool

  /// What keeps a file from being used, with the setting that names it and the mend. None repeats a file's content.
  struct Problem: Error, Hashable {
    var setting: Setting
    var text: String
  }

  /// Everything that is wrong with the files.
  struct Failure: Error {
    var problems: [Problem]
  }

  /// Reads and checks the files. Blocks; not for an event loop.
  ///
  /// - Parameter now: Unix seconds. A certificate that has ended, or not begun, is not taken: no caller would accept it.
  init(_ files: TLSFiles, now: Int64) throws(Failure) {
    var problems: [Problem] = []
    let chain = Self.certificates(files.certificate, .tlsCertificate, &problems)
    if let leaf = chain.first {
      if Int64(leaf.notValidAfter) < now {
        problems.append(Problem(setting: .tlsCertificate, text: "the first certificate has expired; renew it"))
      } else if Int64(leaf.notValidBefore) > now {
        problems.append(
          Problem(
            setting: .tlsCertificate, text: "the first certificate is not valid yet; is this machine's clock right?"))
      }
    }
    let key = Self.privateKey(files.key, &problems)
    let roots = files.clientCA.map { Self.certificates($0, .tlsClientCA, &problems) }
    guard let leaf = chain.first, let key else { throw Failure(problems: problems) }
    do {
      var configuration = Self.configuration(chain: chain, key: key, roots: roots)
      // Centrifugo's client for HTTP would speak HTTP/2 where it is offered.
      configuration.applicationProtocols = [Application.http1.rawValue]
      http1 = try NIOSSLContext(configuration: configuration)
      configuration.applicationProtocols = [Application.http2.rawValue]
      http2 = try NIOSSLContext(configuration: configuration)
    } catch {
      // All parts were read before, so what is left is the one of a pair that was replaced without the other.
      problems.append(
        Problem(
          setting: .tlsKey,
          text: "is not the private key of the first certificate in PROXYHOOKS_TLS_CERTIFICATE; "
            + "give the two that were made together, the server's own certificate first"))
      throw Failure(problems: problems)
    }
    guard problems.isEmpty else { throw Failure(problems: problems) }
    notAfter = Int64(leaf.notValidAfter)
    isMutual = roots != nil
  }

  /// What a handshake for `application` uses.
  func context(for application: Application) -> NIOSSLContext {
    switch application {
    case .http1: http1
    case .http2: http2
    }
  }

  private static func certificates(
    _ path: String, _ setting: Setting, _ problems: inout [Problem]
  ) -> [NIOSSLCertificate] {
    guard let bytes = TLSFiles.read(path) else {
      problems.append(Problem(setting: setting, text: "the file can't be read"))
      return []
    }
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
      problems.append(
        Problem(setting: setting, text: "want certificates in PEM, each from -----BEGIN CERTIFICATE----- to its end"))
      return []
    }
    return certificates
  }

  private static func privateKey(_ path: String, _ problems: inout [Problem]) -> NIOSSLPrivateKey? {
    guard let bytes = TLSFiles.read(path) else {
      problems.append(Problem(setting: .tlsKey, text: "the file can't be read"))
      return nil
    }
    let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem)
    if key == nil {
      problems.append(
        Problem(setting: .tlsKey, text: "want a private key in PEM without a passphrase (`openssl pkey` takes one off)")
      )
    }
    return key
  }

  /// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption alone (OWASP ASVS 5.0, section 12.1; RFC 9325,
  /// sections 3 and 4.2).
  private static func configuration(
    chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, roots: [NIOSSLCertificate]?
  ) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuiteValues = [
      .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
      .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
      .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]
    // The library's own list ends in SHA-1.
    configuration.verifySignatureAlgorithms = [
      .ed25519, .ecdsaSecp256R1Sha256, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha256,
      .rsaPssRsaeSha384, .rsaPssRsaeSha512, .rsaPkcs1Sha256, .rsaPkcs1Sha384, .rsaPkcs1Sha512,
    ]
    configuration.shutdownTimeout = .seconds(1)
    if let roots {
      configuration.trustRoots = .certificates(roots)
      // Callers have names that are looked at later, and no host to compare.
      configuration.certificateVerification = .noHostnameVerification
    }
    return configuration
  }
}
