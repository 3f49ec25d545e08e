import Yams

/// A place in a policy file: its key's path, its line and what stands there. Reading never fails; what is not as it must be
/// is noted.
struct PolicyNode {
  let path: String
  let node: Node

  /// The line, from 1.
  var line: Int? { node.mark?.line }

  /// The text of a scalar, as it is written: no word means a number or a truth value here.
  var text: String? {
    guard case .scalar(let scalar) = node else { return nil }
    return scalar.string
  }

  /// The elements of a list.
  var elements: [PolicyNode]? {
    guard case .sequence(let sequence) = node else { return nil }
    return sequence.enumerated().map { PolicyNode(path: "\(path)[\($0)]", node: $1) }
  }

  /// The members of a mapping, in the file's order.
  var members: [(key: String, keyLine: Int?, value: PolicyNode)]? {
    guard case .mapping(let mapping) = node else { return nil }
    return mapping.map { key, value in
      let name = key.string ?? "?"
      return (name, key.mark?.line, PolicyNode(path: path.isEmpty ? name : "\(path).\(name)", node: value))
    }
  }

  /// What stands here, for a message: at most 40 characters of it.
  var found: String {
    switch node {
    case .scalar(let scalar) where scalar.string.isEmpty: return "nothing"
    case .scalar(let scalar):
      let text = scalar.string.prefix(40)
      return "`\(text)\(scalar.string.count > 40 ? "…" : "")`"
    case .sequence: return "a list"
    case .mapping: return "keys and values"
    case .alias: return "an alias"
    }
  }
}
