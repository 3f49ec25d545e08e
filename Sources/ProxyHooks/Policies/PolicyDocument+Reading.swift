import Auth
import Storage
import Yams

extension PolicyDocument {
  /// The longest file, in bytes.
  static let maximumBytes = 262_144

  /// Reads the text of a policy file.
  ///
  /// - Throws: ``PolicyFileError`` with every mistake there is.
  public convenience init(text: String) throws(PolicyFileError) {
    try self.init(bytes: Array(text.utf8))
  }

  /// Reads a policy file, which must be UTF-8.
  ///
  /// - Throws: ``PolicyFileError`` with every mistake there is.
  public convenience init(bytes: [UInt8]) throws(PolicyFileError) {
    guard bytes.count <= Self.maximumBytes else {
      throw PolicyFileError(whole: "the file is too large: want at most \(Self.maximumBytes) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PolicyFileError(whole: "the file is no UTF-8 text")
    }
    if let problem = PolicyFileScan.problem(in: text) { throw PolicyFileError(problems: [problem]) }
    guard let digest = Digest.sha256.hash(bytes) else { throw PolicyFileError(whole: "its SHA-256 can't be had") }
    var reader = PolicyReader()
    let root = PolicyNode(path: "", node: try Self.root(of: text))
    let parts = reader.members(
      of: root, known: ["version", "namespaces", "roles", "rules", "messages", "expiry", "limits"],
      required: ["version", "roles", "rules"])
    if let version = parts["version"], version.text != "1" { reader.problem(version, "want 1, found \(version.found)") }
    let roles = parts["roles"].map { reader.roles($0) } ?? []
    let rules = parts["rules"].map { reader.rules($0, roles: roles) } ?? []
    let namespaces = reader.namespaces(parts["namespaces"])
    let (messages, windows, delivery) = reader.messages(parts["messages"])
    let expiry = reader.expiry(parts["expiry"])
    let limits = reader.limits(parts["limits"])
    guard reader.problems.isEmpty else {
      throw PolicyFileError(problems: reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
    }
    self.init(
      version: String(digest.hexadecimal.prefix(16)), policy: Policy(roles: roles, rules: rules),
      namespaces: namespaces, messages: messages, windows: windows, delivery: delivery, expiry: expiry, limits: limits)
  }

  private static func root(of text: String) throws(PolicyFileError) -> Node {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw PolicyFileError(whole: "the file is empty; `proxyhooks policy show` prints one to begin with")
      }
      return node
    } catch let error as PolicyFileError {
      throw error
    } catch let error as YamlError {
      throw PolicyFileError(error)
    } catch {
      throw PolicyFileError(whole: "it can't be read as YAML")
    }
  }
}

extension PolicyFileError {
  init(whole text: String) { problems = [Problem(line: nil, key: "", text: text)] }

  /// A fault in the YAML itself.
  init(_ error: YamlError) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      problems = [Problem(line: mark.line, key: "", text: "no YAML: \(problem)")]
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.sorted().joined(separator: ", ")
      problems = [Problem(line: context.mark.line, key: "", text: "a key is there twice: \(keys)")]
    default: problems = [Problem(line: nil, key: "", text: "it can't be read as YAML")]
    }
  }
}

extension Sequence<UInt8> {
  /// The bytes in lower-case hexadecimal.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
