import COpenSSL

/// A certificate and its key, made by OpenSSL for one test.
final class TestCertificate {
  /// What a certificate says; times in seconds from now.
  struct Form {
    var commonName = "test"
    /// Subject alternative names in OpenSSL's spelling, such as `DNS:a.example,URI:b:c`.
    var names: String?
    var isAuthority = false
    /// The extended key usage in OpenSSL's spelling.
    var usage: String?
    var notBefore = -3_600
    var notAfter = 3_600
  }

  enum Failure: Error { case openSSL(String) }

  let certificatePEM: String
  let keyPEM: String
  private let certificate: OpaquePointer
  private let key: OpaquePointer

  /// A certificate that `issuer` has signed, or itself.
  init(_ form: Form, issuer: TestCertificate? = nil) throws {
    key = try Self.makeKey()
    guard let certificate = X509_new() else { throw Failure.openSSL("X509_new") }
    self.certificate = certificate
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...Int(Int32.max)))
    X509_gmtime_adj(X509_getm_notBefore(certificate), form.notBefore)
    X509_gmtime_adj(X509_getm_notAfter(certificate), form.notAfter)
    X509_set_pubkey(certificate, key)
    X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate), "CN", 0x1001 /* MBSTRING_ASC */, form.commonName, -1, -1, 0)
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer?.certificate ?? certificate))
    try Self.add(NID_basic_constraints, form.isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE", to: certificate)
    if let names = form.names { try Self.add(NID_subject_alt_name, names, to: certificate) }
    if let usage = form.usage { try Self.add(NID_ext_key_usage, usage, to: certificate) }
    guard X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) > 0 else { throw Failure.openSSL("X509_sign") }
    certificatePEM = try Self.text { PEM_write_bio_X509($0, certificate) }
    keyPEM = try Self.text { [key] in PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
  }

  deinit {
    X509_free(certificate)
    EVP_PKEY_free(key)
  }

  /// A root of its own.
  static func authority(_ name: String = "root") throws -> TestCertificate {
    try TestCertificate(Form(commonName: name, isAuthority: true))
  }

  /// The key as a file that asks for a passphrase.
  func encryptedKeyPEM() throws -> String {
    let passphrase = Array("secret".utf8)
    return try Self.text { [key] in
      PEM_write_bio_PKCS8PrivateKey($0, key, EVP_aes_256_cbc(), passphrase.map { CChar($0) }, 6, nil, nil)
    }
  }

  private static func makeKey() throws -> OpaquePointer {
    let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
      EVP_PKEY_generate(context, &key) == 1, let key
    else { throw Failure.openSSL("EVP_PKEY_generate") }
    return key
  }

  private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) throws {
    guard let part = X509V3_EXT_conf_nid(nil, nil, kind, value) else { throw Failure.openSSL(value) }
    defer { X509_EXTENSION_free(part) }
    X509_add_ext(certificate, part, -1)
  }

  private static func text(_ write: (OpaquePointer?) -> Int32) throws -> String {
    let output = BIO_new(BIO_s_mem())
    defer { BIO_free(output) }
    guard write(output) == 1 else { throw Failure.openSSL("PEM") }
    var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(output))
    BIO_read(output, &bytes, Int32(bytes.count))
    return String(decoding: bytes, as: UTF8.self)
  }
}
