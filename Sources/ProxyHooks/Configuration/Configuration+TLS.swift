extension Configuration {
  /// The listener's TLS; nil where none is set, and where something is wrong with it.
  static func tls(_ reader: inout SettingsReader) -> TLSSettings? {
    let certificate = reader.text(.tlsCertificate)
    let key = reader.text(.tlsKey)
    let clientCA = reader.text(.tlsClientCA)
    let clientNames = clientNames(&reader)
    if clientCA != nil, clientNames == nil {
      reader.problem(
        .tlsClientNames,
        "is required with PROXYHOOKS_TLS_CLIENT_CA: the names in Centrifugo's certificate, "
          + "as else everybody with a certificate from there could call")
    }
    if clientCA == nil, clientNames != nil {
      reader.problem(
        .tlsClientCA, "is required with PROXYHOOKS_TLS_CLIENT_NAMES: the roots of Centrifugo's certificate")
    }
    if certificate == nil, key != nil || clientCA != nil {
      reader.problem(
        .tlsCertificate,
        key != nil ? "is required with PROXYHOOKS_TLS_KEY" : "is required with PROXYHOOKS_TLS_CLIENT_CA")
    }
    guard let certificate else { return nil }
    guard let key else {
      reader.problem(.tlsKey, "is required with PROXYHOOKS_TLS_CERTIFICATE")
      return nil
    }
    do throws(TLSIdentity.Failure) {
      return try TLSSettings(
        files: TLSFiles(certificate: certificate, key: key, clientCA: clientCA), clientNames: clientNames ?? [])
    } catch {
      for problem in error.problems { reader.problem(problem.setting, problem.text) }
      return nil
    }
  }

  /// The names, each of them good; nil where none is set.
  private static func clientNames(_ reader: inout SettingsReader) -> [ClientName]? {
    guard let text = reader.text(.tlsClientNames) else { return nil }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    let names = parts.compactMap { ClientName($0) }
    if names.count != parts.count {
      reader.problem(
        .tlsClientNames,
        "want DNS names or URIs separated by commas, such as centrifugo.internal or spiffe://example/centrifugo; "
          + "no wildcard, no IP address")
    }
    return names
  }
}
