import StrictJSON

/// JSON for people: what fits on a line stands on one.
enum JSONPage: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  case object([(String, JSONPage)])
  case array([JSONPage])
  case string(String)
  case integer(Int)
  case bool(Bool)

  init(stringLiteral text: String) { self = .string(text) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }

  /// The longest line that a container is written on, its key and indentation counted.
  private static let width = 100

  /// The document, without a newline at its end. The outermost object is never on one line.
  static func text(of page: JSONPage) -> String { page.lines(indentation: 0, before: 0, isOutermost: true) }

  private func lines(indentation: Int, before: Int, isOutermost: Bool = false) -> String {
    let line = self.line
    if !isOutermost, before + line.utf8.count <= Self.width { return line }
    let space = String(repeating: " ", count: indentation + 2)
    let end = String(repeating: " ", count: indentation)
    switch self {
    case .object(let members):
      let parts = members.map { key, value in
        let start = "\(space)\(Self.quoted(key)): "
        return start + value.lines(indentation: indentation + 2, before: start.utf8.count)
      }
      return "{\n\(parts.joined(separator: ",\n"))\n\(end)}"
    case .array(let elements):
      let parts = elements.map { space + $0.lines(indentation: indentation + 2, before: indentation + 2) }
      return "[\n\(parts.joined(separator: ",\n"))\n\(end)]"
    default: return line
    }
  }

  /// The value on one line.
  private var line: String {
    switch self {
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0)): \($1.line)" }.joined(separator: ", ") + "}"
    case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
    case .string(let text): Self.quoted(text)
    case .integer(let value): String(value)
    case .bool(let value): value ? "true" : "false"
    }
  }

  private static func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
