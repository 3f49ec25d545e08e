import NIOSSL

// The names are read through underscored API, the only one the library has, so Package.swift takes patches of one
// minor version alone. Another parser for them would be a second reader of the same bytes.
extension NIOSSLCertificate {
  /// The first of `names` that is one of the subject alternative names; nil where none is.
  func name(among names: [ClientName]) -> ClientName? {
    let alternatives = _subjectAlternativeNames()
    return names.first { name in
      alternatives.contains { alternative in
        ClientName.Kind(alternative.nameType).map { name.matches($0, alternative.contents) } ?? false
      }
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
