/// The keys that Centrifugo 6.9.1 knows, by object, with what each takes.
struct KnownKeys: Sendable {
  /// What a key takes.
  enum Kind: Hashable, Sendable {
    case string, int, bool
    /// With what holds where the key is absent or zero; nil where that is nothing.
    case duration(fallback: String?)
    /// A list of strings.
    case strings
    /// Names and values: an object, or a list of `{"key", "value"}`.
    case headers
    /// An object of this name.
    case object(String)
    /// A list of objects of this name.
    case list(String)
  }

  /// The keys of the version that the service is built for.
  static let standard = KnownKeys(table)

  private let objects: [String: [String: Kind]]

  /// The keys of the object of this name; `root` is the configuration itself.
  func keys(of object: String) -> [String: Kind] { objects[object] ?? [:] }

  private init(_ table: String) {
    var lines: [String] = []
    for line in table.split(separator: "\n") {
      if line.hasPrefix(" "), let last = lines.popLast() {
        lines.append(last + line)
      } else {
        lines.append(String(line))
      }
    }
    var objects: [String: [String: Kind]] = [:]
    var taken: [(by: String, from: String)] = []
    for line in lines {
      let words = line.split(separator: "=", maxSplits: 1).map { $0.split(separator: " ") }
      guard words.count == 2, let name = words[0].first.map(String.init) else { continue }
      var keys: [String: Kind] = [:]
      for group in words[1].joined(separator: " ").split(separator: ";") {
        let names = group.split(separator: " ").map(String.init)
        guard let kind = names.first else { continue }
        if kind == "as" {
          taken += names.dropFirst().map { (name, $0) }
        } else {
          Self.add(names.dropFirst(), kind, to: &keys)
        }
      }
      objects[name] = keys
    }
    for (name, other) in taken {
      let keys = objects[other] ?? [:]
      objects[name]?.merge(keys) { own, _ in own }
    }
    self.objects = objects
  }

  private static func add(_ names: ArraySlice<String>, _ kind: String, to keys: inout [String: Kind]) {
    for name in names {
      switch kind {
      case "string": keys[name] = .string
      case "int": keys[name] = .int
      case "bool": keys[name] = .bool
      case "strings": keys[name] = .strings
      case "headers": keys[name] = .headers
      case "duration":
        let parts = name.split(separator: "=")
        keys[String(parts[0])] = .duration(fallback: parts.count == 2 ? String(parts[1]) : nil)
      case _ where kind.hasPrefix("["): keys[name] = .list(String(kind.dropFirst().dropLast()))
      default: keys[name] = .object(kind)
      }
    }
  }
}
