import StrictJSON

/// Configurations in JSON: RFC 8259, without duplicate keys. Of those Centrifugo takes the last, and people see the first.
enum JSONForm {
  static func read(_ bytes: [UInt8]) throws(SetupFault) -> SetupValue {
    var limits = JSONLimits(
      maximumBytes: SetupLimits.bytes, maximumDepth: SetupLimits.depth, maximumMembers: 1_024,
      maximumNodes: SetupLimits.nodes)
    limits.allowsNUL = true
    limits.maximumNumberLength = 1_000
    do throws(JSONError) {
      var lines = LineCounter(bytes)
      return value(of: try JSON.parse(bytes, limits: limits), &lines)
    } catch {
      var lines = LineCounter(bytes)
      let key = error.key.map { ", at the key \"\($0)\"" } ?? ""
      throw SetupFault("line \(lines.line(at: error.offset)): is no JSON: \(error.reason.rawValue)\(key)")
    }
  }

  private static func value(of json: JSON, _ lines: inout LineCounter) -> SetupValue {
    let origin = SetupValue.Origin.file(line: lines.line(at: json.rawBytes.startIndex))
    switch json.kind {
    case .object:
      var members: [SetupValue.Member] = []
      if let all = json.members {
        for member in all { members.append(SetupValue.Member(key: member.key, value: value(of: member.value, &lines))) }
      }
      return SetupValue(.object(members), origin)
    case .array:
      var elements: [SetupValue] = []
      if let all = json.elements { for element in all { elements.append(value(of: element, &lines)) } }
      return SetupValue(.array(elements), origin)
    case .string: return SetupValue(.string(json.string ?? ""), origin)
    case .number: return SetupValue(.number(json.double ?? 0), origin)
    case .true: return SetupValue(.bool(true), origin)
    case .false: return SetupValue(.bool(false), origin)
    case .null: return SetupValue(.null, origin)
    }
  }
}

/// Lines by offset; quick where the offsets rise.
private struct LineCounter {
  private let bytes: [UInt8]
  private var offset = 0
  private var line = 1

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The line of the byte at `target`, counted from 1.
  mutating func line(at target: Int) -> Int {
    if target < offset { (offset, line) = (0, 1) }
    while offset < min(target, bytes.count) {
      if bytes[offset] == UInt8(ascii: "\n") { line += 1 }
      offset += 1
    }
    return line
  }
}
