import Yams

/// Configurations in YAML, as Centrifugo's own reader has it: one document, `true` and `false` as the only booleans (`yes`
/// and `on` are strings), aliases and merge keys, no key twice.
enum YAMLForm {
  static func read(_ bytes: [UInt8]) throws(SetupFault) -> SetupValue {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SetupFault("is no UTF-8 text") }
    guard !text.utf8.contains(0) else { throw SetupFault("has a NUL") }
    guard aliases(in: text) <= SetupLimits.aliases else {
      throw SetupFault("has more than \(SetupLimits.aliases) aliases (*name)")
    }
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch {
      throw SetupFault("is no YAML: \(problem(error))")
    }
    guard let node else { throw SetupFault("is empty") }
    var budget = SetupLimits.nodes
    return try value(of: node, depth: 1, &budget)
  }

  /// An upper bound of how many aliases there are: asterisks where one may stand.
  private static func aliases(in text: String) -> Int {
    var count = 0
    var before = UInt8(ascii: "\n")
    let openings = Set(" \t\r\n[,{:".utf8)
    for byte in text.utf8 {
      if byte == UInt8(ascii: "*"), openings.contains(before) { count += 1 }
      before = byte
    }
    return count
  }

  /// What Yams found, on one line and without the file's text, in which a secret may stand.
  private static func problem(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line): \(problem)"
    case .duplicatedKeysInMapping(let keys, let context):
      "line \(context.mark.line): \(keys.joined(separator: ", ")) twice in one mapping"
    default: "Yams can't read it"
    }
  }

  private static func value(of node: Node, depth: Int, _ budget: inout Int) throws(SetupFault) -> SetupValue {
    budget -= 1
    guard depth <= SetupLimits.depth else { throw SetupFault("is nested over \(SetupLimits.depth) deep") }
    guard budget > 0 else { throw SetupFault("has over \(SetupLimits.nodes) values") }
    let origin = SetupValue.Origin.file(line: node.mark?.line)
    switch node {
    case .scalar(let scalar): return SetupValue(YAMLScalar.content(of: scalar), origin)
    case .alias: throw SetupFault("has an alias that stands for nothing")
    case .sequence(let sequence):
      var elements: [SetupValue] = []
      for element in sequence { elements.append(try value(of: element, depth: depth + 1, &budget)) }
      return SetupValue(.array(elements), origin)
    case .mapping(let mapping):
      var members: [SetupValue.Member] = []
      var merged: [SetupValue] = []
      for (key, member) in mapping {
        guard case .scalar(let name) = key else {
          throw SetupFault("line \(key.mark?.line ?? 0): has a key that is no text")
        }
        let member = try value(of: member, depth: depth + 1, &budget)
        if name.string == "<<", name.style == .plain || name.style == .any {
          merged += member.elements ?? [member]
        } else {
          members.append(SetupValue.Member(key: name.string, value: member))
        }
      }
      // What is spelled out wins over what is merged in, and the first of several over the others.
      for member in merged.flatMap({ $0.members ?? [] }) where !members.contains(where: { $0.key == member.key }) {
        members.append(member)
      }
      return SetupValue(.object(members), origin)
    }
  }
}

/// What a scalar is, by YAML's core schema, which is Centrifugo's.
private enum YAMLScalar {
  static func content(of scalar: Node.Scalar) -> SetupValue.Content {
    let text = scalar.string
    let isPlain = scalar.style == .plain || scalar.style == .any
    guard isPlain, scalar.tag.description != Tag.Name.str.rawValue else { return .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: return number(text).map { .number($0) } ?? .string(text)
    }
  }

  private static func number(_ text: String) -> Double? {
    guard let first = text.utf8.first, (0x30...0x39).contains(first) || "+-.".utf8.contains(first) else { return nil }
    let digits = text.filter { $0 != "_" }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      return Int(digits.dropFirst(2), radix: radix).map { Double($0) }
    }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
    return Double(digits)
  }
}
