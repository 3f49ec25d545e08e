/// Hosts in addresses.
enum Host {
  /// The host and port of `scheme://user@host:port/path`, or of the same without a scheme.
  static func authority(in endpoint: String) -> Substring {
    let rest = endpoint.firstRange(of: "://").map { endpoint[$0.upperBound...] } ?? endpoint[...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
  }

  /// The host of `host:port` or `[v6]:port`.
  static func name(in authority: Substring) -> Substring {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return authority[authority.index(after: authority.startIndex)..<end]
    }
    guard let colon = authority.lastIndex(of: ":") else { return authority }
    // An IPv6 address that nobody put into brackets.
    return authority[..<colon].contains(":") ? authority : authority[..<colon]
  }

  /// What stands behind the host: a colon and the port, or nothing.
  static func port(in authority: Substring) -> Substring {
    let host = name(in: authority)
    return authority[host.endIndex...].drop { $0 == "]" }
  }

  /// Whether two hosts are the same, as far as their names tell; all of the machine itself are.
  static func isSame(_ left: Substring, _ right: Substring) -> Bool {
    left.lowercased() == right.lowercased() || (isLoopback(left) && isLoopback(right))
  }

  /// Whether two hosts with their ports are the same, as far as their names tell.
  static func isSameAuthority(_ left: Substring, _ right: Substring) -> Bool {
    isSame(name(in: left), name(in: right)) && port(in: left) == port(in: right)
  }

  /// Whether only the machine itself is meant.
  static func isLoopback(_ host: some StringProtocol) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
