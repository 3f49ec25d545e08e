/// Where Redis is: `redis://[user[:password]@]host[:port][/database]` or `unix:/path/to/socket[?db=database]`.
///
/// Printing one leaks nothing.
public struct RedisAddress: Sendable, CustomStringConvertible {
  enum Endpoint: Hashable, Sendable {
    case tcp(host: String, port: String)
    case unix(path: String)
  }

  let endpoint: Endpoint
  let user: String?
  let password: String?
  let database: Int

  /// Nil where `text` has neither of the two forms. TLS (`rediss:`) is none of them.
  public init?(_ text: String) {
    if let rest = text.dropping(prefix: "unix:") {
      let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      guard let path = parts.first, path.hasPrefix("/"), path.utf8.count < 108 else { return nil }
      var database = 0
      if parts.count == 2 {
        guard let number = parts[1].dropping(prefix: "db=").flatMap({ Int($0) }), number >= 0 else { return nil }
        database = number
      }
      self.init(endpoint: .unix(path: String(path)), user: nil, password: nil, database: database)
      return
    }
    guard var rest = text.dropping(prefix: "redis://") else { return nil }
    var user: String?
    var password: String?
    if let at = rest.lastIndex(of: "@") {
      let credentials = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      rest = rest[rest.index(after: at)...]
      guard let first = credentials.first.flatMap({ Self.percentDecoded($0) }) else { return nil }
      user = first.isEmpty ? nil : first
      if credentials.count == 2 {
        guard let second = Self.percentDecoded(credentials[1]) else { return nil }
        password = second
      }
    }
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let place = parts.first, let database = parts.count < 2 || parts[1].isEmpty ? 0 : Int(parts[1]), database >= 0
    else { return nil }
    guard let (host, port) = Self.hostAndPort(place) else { return nil }
    self.init(endpoint: .tcp(host: host, port: port), user: user, password: password, database: database)
  }

  /// Whether commands and the password cross a network: Redis is spoken to in clear.
  public var leavesTheMachine: Bool {
    switch endpoint {
    case .tcp(let host, _): !LocalHost.isThisMachine(host)
    case .unix: false
    }
  }

  private init(endpoint: Endpoint, user: String?, password: String?, database: Int) {
    self.endpoint = endpoint
    self.user = user
    self.password = password
    self.database = database
  }

  /// The value in words, for logs and messages.
  public var description: String {
    switch endpoint {
    case .tcp: "redis"
    case .unix: "redis on a unix socket"
    }
  }

  /// `host`, `host:port`, `[v6]` or `[v6]:port`.
  private static func hostAndPort(_ text: Substring) -> (String, String)? {
    let host: Substring
    var rest: Substring
    if text.first == "[", let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else {
      let colon = text.firstIndex(of: ":") ?? text.endIndex
      host = text[..<colon]
      rest = text[colon...]
    }
    guard !host.isEmpty else { return nil }
    if rest.isEmpty { return (String(host), "6379") }
    rest = rest.dropFirst()
    guard let port = UInt16(rest), port > 0 else { return nil }
    return (String(host), String(port))
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension StringProtocol {
  /// What follows `prefix`, or nil where it does not come first.
  fileprivate func dropping(prefix: String) -> SubSequence? {
    hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }
}
