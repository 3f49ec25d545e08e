/// HTTP/1 as RFC 9112 has it, less what this service refuses, read from whole input in the plainest way.
struct PlainHTTP {
  private var rest: ArraySlice<UInt8>

  /// The requests at the beginning of `input`, up to the first bytes that are none.
  static func requests(in input: [UInt8], atMost count: Int) -> [PlainRequest] {
    var reader = PlainHTTP(rest: input[...])
    var requests: [PlainRequest] = []
    while requests.count < count, let request = reader.request() { requests.append(request) }
    return requests
  }

  private mutating func request() -> PlainRequest? {
    // Section 2.2: empty lines before a request are passed over, whatever ends them.
    while rest.first == 0x0D || rest.first == 0x0A { rest.removeFirst() }
    guard let line = line() else { return nil }
    // Section 3: several spaces may be taken for one.
    let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    guard words.count == 3, words[0] == "POST", line.first != 0x20, line.last != 0x20 else { return nil }
    guard ["HTTP/1.1", "HTTP/1.0"].contains(words[2]) else { return nil }
    guard let fields = fields() else { return nil }
    let (codings, lengths) = (fields["transfer-encoding"] ?? [], fields["content-length"] ?? [])
    let hosts = fields["host"] ?? []
    guard hosts.count == 1 || hosts.isEmpty && words[2] == "HTTP/1.0" else { return nil }
    switch (codings.count, lengths.count) {
    case (0, 0): return PlainRequest(target: words[1], body: [])
    case (0, 1):
      guard !lengths[0].isEmpty, lengths[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(lengths[0])
      else { return nil }
      return take(count).map { PlainRequest(target: words[1], body: $0) }
    case (1, 0):
      guard codings[0].lowercased() == "chunked", words[2] == "HTTP/1.1" else { return nil }
      return chunks().map { PlainRequest(target: words[1], body: $0) }
    default: return nil
    }
  }

  /// Section 7.1, without the extensions and trailers that this service refuses.
  private mutating func chunks() -> [UInt8]? {
    var body: [UInt8] = []
    while true {
      guard let line = line() else { return nil }
      let text = String(decoding: line, as: UTF8.self)
      guard line.allSatisfy(Self.hexadecimal.contains), let size = Int(text, radix: 16) else { return nil }
      if size == 0 { break }
      guard let chunk = take(size), take(2) == [0x0D, 0x0A] else { return nil }
      body += chunk
    }
    return take(2) == [0x0D, 0x0A] ? body : nil
  }

  private mutating func take(_ count: Int) -> [UInt8]? {
    guard rest.count >= count else { return nil }
    defer { rest.removeFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Up to CR LF; nil where another control character stands in the line, or where it has no end.
  private mutating func line() -> [UInt8]? {
    guard let end = rest.firstIndex(of: 0x0D), rest[end...].starts(with: [0x0D, 0x0A]) else { return nil }
    let line = Array(rest[..<end])
    rest = rest[(end + 2)...]
    return line.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F } ? nil : line
  }

  /// Section 5: the fields up to an empty line, by their names in lower case.
  private mutating func fields() -> [String: [String]]? {
    var fields: [String: [String]] = [:]
    while let line = line() {
      if line.isEmpty { return fields }
      guard let colon = line.firstIndex(of: 0x3A), colon > 0, line[..<colon].allSatisfy(Self.token.contains) else {
        return nil
      }
      let space: Set<UInt8> = [0x20, 0x09]
      let value = line[(colon + 1)...].drop { space.contains($0) }.reversed().drop { space.contains($0) }.reversed()
      fields[String(decoding: line[..<colon], as: UTF8.self).lowercased(), default: []]
        .append(String(decoding: value, as: UTF8.self))
    }
    return nil
  }

  private static let hexadecimal = Set("0123456789abcdefABCDEF".utf8)
  private static let token = Set(
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}
