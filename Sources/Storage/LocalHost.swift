import Glibc

/// Whether a host, as a connection string spells it, is this machine: what is said to it crosses no network.
enum LocalHost {
  /// True for the loopback addresses, `localhost`, and the directory of a Unix socket; also for no host at all, which
  /// both servers' clients take for one of these.
  static func isThisMachine(_ host: some StringProtocol) -> Bool {
    if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" { return true }
    var v4 = in_addr()
    if inet_pton(AF_INET, String(host), &v4) == 1 { return withUnsafeBytes(of: v4) { $0[0] == 127 } }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, String(host), &v6) == 1 else { return false }
    return withUnsafeBytes(of: v6) { bytes in bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1 }
  }
}
