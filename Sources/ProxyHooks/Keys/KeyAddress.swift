import NIOCore

/// Where a key set is fetched from: an absolute `https` or `http` URL.
///
/// The form is narrower than RFC 3986's, so that whatever parser reads ``text`` after this one finds the same server in
/// it: ASCII, a plain host or IP address, no user, no fragment.
struct KeyAddress: Equatable, Sendable {
  /// The longest that is taken, in bytes.
  static let maximumBytes = 2_048

  /// Whether the scheme is `https`.
  let isEncrypted: Bool
  /// A name in lower case, or an IP address; one of version 6 without its brackets.
  let host: String
  /// The port, also where the text leaves it to the scheme.
  let port: Int
  /// Path and query, as the request line has them.
  let target: String

  /// Reads an absolute URL; nil for what is none of this form.
  init?(_ text: String) {
    guard text.utf8.count <= Self.maximumBytes else { return nil }
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    switch text[..<colon].lowercased() {
    case "https": isEncrypted = true
    case "http": isEncrypted = false
    default: return nil
    }
    let rest = text[text.utf8.index(after: colon)...]
    guard rest.hasPrefix("//") else { return nil }
    let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
    guard let (host, port) = Self.server(authority) else { return nil }
    self.host = host
    self.port = port ?? (isEncrypted ? 443 : 80)
    let target = text[authority.endIndex...]
    self.target = target.hasPrefix("/") ? String(target) : "/" + target
    guard Self.isTarget(self.target) else { return nil }
  }

  private init(_ origin: KeyAddress, target: String) {
    isEncrypted = origin.isEncrypted
    host = origin.host
    port = origin.port
    self.target = target
  }

  /// Whether the server is this machine, by what its address says.
  var isLoopback: Bool { ListenAddress(host: host, port: port).isLoopback }

  /// The URL, in one spelling.
  var text: String { "\(isEncrypted ? "https" : "http")://\(ListenAddress(host: host, port: port))\(target)" }

  /// Where a `Location` of this address' server leads (RFC 9110, section 10.2.2): an absolute URL or an absolute path on
  /// the same server. Nil for another scheme, host or port, and for any other form.
  func redirected(to location: String) -> KeyAddress? {
    if location.hasPrefix("/") {
      guard !location.hasPrefix("//"), location.utf8.count <= Self.maximumBytes, Self.isTarget(location) else {
        return nil
      }
      return KeyAddress(self, target: location)
    }
    guard let other = KeyAddress(location), other.isEncrypted == isEncrypted, other.host == host, other.port == port
    else { return nil }
    return other
  }

  private static func server(_ authority: Substring) -> (host: String, port: Int?)? {
    let host: Substring
    var port: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[..<end].dropFirst()
      let rest = authority[end...].dropFirst()
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      if !rest.isEmpty { port = rest.dropFirst() }
      guard host.contains(":"), !host.contains("%"), (try? SocketAddress(ipAddress: String(host), port: 0)) != nil
      else { return nil }
    } else {
      let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      host = parts.first ?? ""
      port = parts.count > 1 ? parts[1] : nil
      guard (1...253).contains(host.utf8.count),
        host.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E })
      else { return nil }
    }
    guard let port else { return (host.lowercased(), nil) }
    guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt16(port), number > 0
    else { return nil }
    return (host.lowercased(), Int(number))
  }

  /// Path and query of RFC 3986: unreserved characters, escapes, delimiters.
  private static func isTarget(_ text: String) -> Bool {
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      if byte == UInt8(ascii: "%") {
        guard let high = bytes.next(), let low = bytes.next(), isHexadecimal(high), isHexadecimal(low) else {
          return false
        }
      } else {
        guard isAlphanumeric(byte) || "-._~!$&'()*+,;=:@/?".utf8.contains(byte) else { return false }
      }
    }
    return true
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
}
