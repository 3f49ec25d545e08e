import Glibc

/// What a limit for an address counts: an IPv4 address, or the 64 bits of an IPv6 one that a provider hands to one
/// customer (RFC 6177), who could otherwise take a new address for every attempt.
enum ClientAddress {
  /// The text to count by; nil for what is no address.
  static func counted(_ text: String) -> String? {
    // C's reader would stop at a NUL and take what stands before it.
    guard !text.utf8.contains(0) else { return nil }
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 { return text }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    return withUnsafeBytes(of: v6) { bytes in
      // ::ffff:a.b.c.d is an IPv4 address in another dress (RFC 4291, section 2.5.5.2).
      if bytes.prefix(10).allSatisfy({ $0 == 0 }) && bytes[10] == 0xFF && bytes[11] == 0xFF {
        return bytes.suffix(4).map { String($0) }.joined(separator: ".")
      }
      return bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "/64"
    }
  }
}
