/// A name that a caller's certificate may have, from `PROXYHOOKS_TLS_CLIENT_NAMES`: a DNS name or a URI among its subject
/// alternative names. The common name is never looked at (RFC 9525, section 2).
public struct ClientName: Hashable, Sendable, CustomStringConvertible {
  /// The kinds of subject alternative names that are compared (RFC 5280, section 4.2.1.6).
  enum Kind: Sendable {
    case dns
    case uri
  }

  let kind: Kind
  /// What is compared: a DNS name in lower case, a URI as it is.
  private let bytes: [UInt8]

  /// The name as it was given.
  public let description: String

  /// Reads a name; what has a colon is a URI. Nil for what no certificate's name would ever equal: a wildcard, an IP
  /// address, a URI without a scheme, anything that is not ASCII.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    if bytes.contains(UInt8(ascii: ":")) {
      guard Self.isURI(bytes) else { return nil }
      kind = .uri
      self.bytes = bytes
    } else {
      guard Self.isDNSName(bytes) else { return nil }
      kind = .dns
      self.bytes = bytes.map(Self.lowercased)
    }
    description = text
  }

  /// Whether a certificate's name of `kind` is this one: a DNS name but for the case of its letters (RFC 5280, section
  /// 7.2), a URI byte for byte (RFC 3986, section 6.2.1). A wildcard in a certificate matches nothing.
  func matches(_ kind: Kind, _ name: some Collection<UInt8>) -> Bool {
    guard kind == self.kind else { return false }
    switch kind {
    case .dns: return name.lazy.map(Self.lowercased).elementsEqual(bytes)
    case .uri: return name.elementsEqual(bytes)
    }
  }

  /// Labels of letters, digits, `-` and `_` (RFC 5890, section 2.3.1, and what is in use besides), the last one not a
  /// number, which would make the whole an IPv4 address.
  private static func isDNSName(_ bytes: [UInt8]) -> Bool {
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard bytes.count <= 253, let last = labels.last, !last.allSatisfy(isDigit) else { return false }
    return labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
  }

  /// A scheme, a colon, and more of visible ASCII (RFC 3986, section 3.1).
  private static func isURI(_ bytes: [UInt8]) -> Bool {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon + 1 < bytes.count, bytes.count <= 2_048,
      let first = bytes.first, isLetter(first)
    else { return false }
    return bytes[..<colon].allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
      && bytes[colon...].allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(byte))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
