/// A place in a configuration: a key's path, and its value if it is there.
///
/// Values are read as Centrifugo reads them, which is leniently: `"true"` and `1` are true, a string is a list of one. What it
/// could not read at all counts as absent here; the rule `wrong-type` tells of it.
struct Spot: Sendable {
  /// The path from the root, such as `channel.namespaces[0].presence`.
  let path: String
  /// The key alone.
  let name: String
  /// The name of the namespace, proxy or consumer that the path leads into, if any.
  let owner: String?
  /// What is there; nil for nothing, and for `null`.
  let value: SetupValue?
  /// Where it is; for what is absent, where the object is that it would stand in.
  let origin: SetupValue.Origin

  init(root: SetupValue) { self.init(path: "", name: "", owner: nil, value: root, around: root.origin) }

  private init(path: String, name: String, owner: String?, value: SetupValue?, around: SetupValue.Origin) {
    self.path = path
    self.name = name
    self.owner = owner
    self.value = value?.isNull == true ? nil : value
    origin = value?.origin ?? around
  }

  /// The place of a key in this object.
  subscript(key: String) -> Spot {
    Spot(path: KeyFolding.join(path, key), name: key, owner: owner, value: value?[key], around: origin)
  }

  /// The elements of a list; of an object that stands in place of a list, itself, as Centrifugo has it.
  var elements: [Spot] {
    guard let value else { return [] }
    switch value.content {
    case .array(let elements):
      return elements.enumerated().map { index, element in
        Spot(
          path: "\(path)[\(index)]", name: name, owner: Self.name(in: element) ?? owner, value: element, around: origin)
      }
    case .object(let members) where !members.isEmpty:
      return [Spot(path: path, name: name, owner: Self.name(in: value) ?? owner, value: value, around: origin)]
    default: return []
    }
  }

  private static func name(in value: SetupValue) -> String? {
    guard let name = value["name"] else { return nil }
    let text = Spot(root: name).text
    return text.isEmpty ? nil : text
  }

  /// Whether anything is there.
  var isThere: Bool { value != nil }

  /// Whether it is switched on.
  var isOn: Bool {
    switch value?.content {
    case .bool(let bool): bool
    case .number(let number): number != 0
    case .string(let text): Self.bool(text) ?? false
    default: false
    }
  }

  /// What Go's `strconv.ParseBool` makes of a text, nothing being false.
  static func bool(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "TRUE", "true", "True": true
    case "", "0", "f", "F", "FALSE", "false", "False": false
    default: nil
    }
  }

  /// The text there; `""` for none.
  var text: String {
    switch value?.content {
    case .string(let text): text
    case .bool(let bool): bool ? "1" : "0"
    case .number(let number): Int(exactly: number).map { String($0) } ?? String(number)
    default: ""
    }
  }

  /// What Go's `strconv.ParseInt` makes of a text with the base told by it: `16`, `0x10`, `0o20`, `020`, `0b10000`.
  static func integer(_ text: String) -> Int? {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? text.dropFirst().lowercased() : text.lowercased()
    guard digits.utf8.first.map({ (0x30...0x39).contains($0) }) == true else { return nil }
    let sign = isNegative ? "-" : ""
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      let rest = digits.dropFirst(2)
      return rest.utf8.first == UInt8(ascii: "-") ? nil : Int(sign + rest, radix: radix)
    }
    return Int(sign + digits, radix: digits.count > 1 && digits.hasPrefix("0") ? 8 : 10)
  }

  /// The whole number there, fractions cut; 0 for none.
  var integer: Int {
    switch value?.content {
    case .number(let number): Int(exactly: number.rounded(.towardZero)) ?? 0
    case .bool(let bool): bool ? 1 : 0
    case .string(let text): Self.integer(text) ?? 0
    default: 0
    }
  }

  /// The duration there; zero for none. A number counts nanoseconds, as with Centrifugo.
  var duration: GoDuration {
    switch value?.content {
    case .number(let number): GoDuration(nanoseconds: Int64(exactly: number.rounded(.towardZero)) ?? 0)
    case .string(let text): GoDuration(text) ?? .zero
    default: .zero
    }
  }

  /// The duration there, or `fallback` where there is none or zero.
  func duration(or fallback: GoDuration) -> GoDuration { duration == .zero ? fallback : duration }

  /// The list of strings there, each with its place.
  var texts: [Spot] {
    switch value?.content {
    case .array: elements
    case .string(let text) where !text.isEmpty: [self]
    default: []
    }
  }

  /// The headers there, by object or by list of pairs.
  var headers: [(name: String, value: Spot)] {
    switch value?.content {
    case .object(let members): members.map { ($0.key, self[$0.key]) }
    case .array: elements.map { ($0["key"].text, $0["value"]) }
    default: []
    }
  }
}
