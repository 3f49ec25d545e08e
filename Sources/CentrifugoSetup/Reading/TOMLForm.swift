import TOMLKit

/// Configurations in TOML 1.0. TOMLKit tells a line for errors alone.
enum TOMLForm {
  static func read(_ bytes: [UInt8]) throws(SetupFault) -> SetupValue {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SetupFault("is no UTF-8 text") }
    // TOMLKit hands over C strings: what stands behind a NUL would be lost.
    let nulls = ["\0", #"\u0000"#, #"\U00000000"#]
    guard !nulls.contains(where: { text.contains($0) }) else { throw SetupFault("has a NUL") }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw SetupFault("line \(error.source.begin.line): is no TOML: \(oneLine(error.description))")
    } catch {
      throw SetupFault("is no TOML")
    }
    // Values are places inside the table.
    return try withExtendedLifetime(table) { () throws(SetupFault) in
      var budget = SetupLimits.nodes
      return try object(table, depth: 1, &budget)
    }
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private static func object(_ table: TOMLTable, depth: Int, _ budget: inout Int) throws(SetupFault) -> SetupValue {
    var members: [SetupValue.Member] = []
    for key in table.keys {
      guard let member = table[key] else { continue }
      members.append(SetupValue.Member(key: key, value: try value(of: member, depth: depth + 1, &budget)))
    }
    return SetupValue(.object(members))
  }

  private static func value(
    of node: any TOMLValueConvertible, depth: Int, _ budget: inout Int
  ) throws(SetupFault) -> SetupValue {
    budget -= 1
    guard depth <= SetupLimits.depth else { throw SetupFault("is nested over \(SetupLimits.depth) deep") }
    guard budget > 0 else { throw SetupFault("has over \(SetupLimits.nodes) values") }
    if let table = node.table { return try object(table, depth: depth, &budget) }
    if let array = node.array {
      var elements: [SetupValue] = []
      for element in array { elements.append(try value(of: element, depth: depth + 1, &budget)) }
      return SetupValue(.array(elements))
    }
    if let text = node.string { return SetupValue(.string(text)) }
    if let bool = node.bool { return SetupValue(.bool(bool)) }
    if let int = node.int { return SetupValue(.number(Double(int))) }
    if let double = node.double { return SetupValue(.number(double)) }
    return SetupValue(.date)
  }
}
