/// Patterns of origins: globs in which `*` stands for any text, dots, colons and slashes among it.
enum OriginPattern {
  /// Whether the pattern has nothing but stars for the host.
  static func isForEveryHost(_ pattern: String) -> Bool {
    let host = pattern.firstRange(of: "://").map { pattern[$0.upperBound...] } ?? pattern[...]
    return host.contains("*") && host.allSatisfy { "*:.".contains($0) }
  }

  /// An origin of a stranger that the pattern matches; nil if it matches all there are, or none was found.
  static func foreignMatch(of pattern: String) -> String? {
    guard !isForEveryHost(pattern), let scheme = pattern.firstRange(of: "://") else { return nil }
    let start = pattern[..<scheme.upperBound].replacing("*", with: "s")
    let host = pattern[scheme.upperBound...]
    let isOpenEnd =
      host.hasSuffix("*") && !(host.split(separator: ":").last ?? "").allSatisfy { "*0123456789".contains($0) }
    if isOpenEnd {
      let known = host.reversed().drop { $0 == "*" || $0 == "." }.reversed()
      return start + String(known).replacing("*", with: "a") + ".example.net"
    }
    if host.hasPrefix("*"), !host.hasPrefix("*."), !host.hasPrefix("*:") {
      return start + "not-" + host.drop { $0 == "*" }.replacing("*", with: "1")
    }
    return nil
  }
}
