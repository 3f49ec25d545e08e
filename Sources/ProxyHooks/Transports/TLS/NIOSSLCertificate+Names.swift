import NIOSSL

// The names are read through underscored API, the only one the library has, so Package.swift takes patches of one
// minor version alone. Another parser for them would be a second reader of the same bytes.
extension NIOSSLCertificate {
  /// Whether one of the subject alternative names is one of `names`.
  func hasName(of names: [ClientName]) -> Bool {
    _subjectAlternativeNames().contains { alternative in
      guard let kind = ClientName.Kind(alternative.nameType) else { return false }
      return names.contains { $0.matches(kind, alternative.contents) }
    }
  }

  /// The first few names, for the log: 100 characters of each at most, and of those the visible ASCII.
  var namesForLog: String {
    let names = _subjectAlternativeNames().lazy.filter { ClientName.Kind($0.nameType) != nil }.prefix(4)
    return names.map { name in
      String(decoding: name.contents.prefix(100).map { (0x21...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }.joined(separator: ", ")
  }
}

extension ClientName.Kind {
  fileprivate init?(_ type: _SubjectAlternativeName.NameType) {
    switch type {
    case .dnsName: self = .dns
    case .uri: self = .uri
    default: return nil
    }
  }
}
