import Foundation

@testable import StrictJSON

/// `StrictJSON` against itself, against Foundation's reader, and against a count of its own limits.
enum JSONTarget {
  static let small = JSONLimits(maximumBytes: 512, maximumDepth: 4, maximumMembers: 4, maximumNodes: 32)

  @Sendable static func run(_ input: [UInt8]) {
    let verdict = Result { () throws(JSONError) in try JSON.parse(input) }
    switch verdict {
    case .success(let json):
      holdSound(json, of: input)
      holdLimits(json, of: input)
    case .failure(let error):
      hold((0...input.count).contains(error.offset), "a fault lies in the document: \(error) of \(input.count)")
      hold(refusal(of: input) == error, "the same bytes are refused for the same reason")
      hold(refusal(of: input + [0x20]) != nil, "white space at the end makes nothing right")
    }
  }

  private static func refusal(of input: [UInt8], _ limits: JSONLimits = .standard) -> JSONError? {
    do throws(JSONError) {
      _ = try JSON.parse(input, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  private static func holdSound(_ json: JSON, of input: [UInt8]) {
    hold(refusal(of: input + [0x5D])?.reason == .trailingBytes, "nothing may follow the value")
    hold(refusal(of: [0xEF, 0xBB, 0xBF] + input)?.reason == .byteOrderMark, "no byte order mark")
    var rest = [json]
    while let value = rest.popLast() {
      guard let again = try? JSON.parse(Array(value.rawBytes)) else {
        return hold(false, "a value's own text is a document")
      }
      hold(value.isSame(as: again), "a value's own text says the same as the value in its place")
      rest += value.memberList.map(\.value)
      rest += value.elementList
    }
    var writer = JSONWriter()
    writer.write(json)
    guard let written = try? JSON.parse(writer.bytes, limits: JSONLimits(maximumBytes: 1 << 20)) else {
      return hold(false, "what the writer writes is JSON")
    }
    hold(json.isSame(as: written), "what was written is what was read")
    var second = JSONWriter()
    second.write(written)
    hold(second.bytes == writer.bytes, "what was written is written the same again")

    guard let reference = try? JSONSerialization.jsonObject(with: Data(input), options: [.fragmentsAllowed]) else {
      return hold(false, "Foundation reads what is accepted here")
    }
    json.holdSame(as: reference)
  }

  /// Limits are of the values that the document has, counted here, and of nothing else.
  private static func holdLimits(_ json: JSON, of input: [UInt8]) {
    let measure = Measure(json)
    let fits =
      input.count <= small.maximumBytes && measure.depth <= small.maximumDepth
      && measure.members <= small.maximumMembers && measure.nodes <= small.maximumNodes
    hold((refusal(of: input, small) == nil) == fits, "limits hold at their number: \(measure)")
    let exact = JSONLimits(
      maximumBytes: input.count, maximumDepth: measure.depth, maximumMembers: measure.members,
      maximumNodes: measure.nodes)
    hold(refusal(of: input, exact) == nil, "a limit that is just reached refuses nothing: \(measure)")
  }
}

/// How much there is in a document.
private struct Measure {
  var depth = 0
  var members = 0
  var nodes = 0

  init(_ json: JSON) {
    nodes = 1
    for (_, value) in json.memberList { add(Measure(value), isMember: true) }
    for value in json.elementList { add(Measure(value), isMember: false) }
    members = max(members, json.memberList.count)
    if json.kind == .object || json.kind == .array { depth += 1 }
  }

  private mutating func add(_ child: Measure, isMember: Bool) {
    depth = max(depth, child.depth)
    members = max(members, child.members)
    nodes += child.nodes + (isMember ? 1 : 0)
  }
}
