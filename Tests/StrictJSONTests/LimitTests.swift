import StrictJSON
import Testing

@Suite("Limits")
struct LimitTests {
  @Test("The standard limits are those of a hook's body")
  func standard() {
    let limits = JSONLimits.standard
    #expect(limits.maximumBytes == 65_536)
    #expect(limits.maximumDepth == 16)
    #expect(limits.maximumMembers == 64)
    #expect(limits.maximumNodes == 4_096)
    #expect(!limits.allowsNUL)
    #expect(!limits.allowsDuplicateKeys)
    #expect(limits.maximumNumberLength == 64)
  }

  @Test("A document may have as many bytes as the limit says, and no more")
  func bytes() {
    let limits = JSONLimits(maximumBytes: 4)
    #expect(refusal(of: "true", limits: limits) == nil)
    #expect(refusal(of: "true ", limits: limits)?.reason == .tooLarge)
    #expect(refusal(of: "false", limits: limits)?.offset == 4)
  }

  @Test("Objects and arrays may nest as deep as the limit says, and no deeper")
  func depth() {
    func nested(_ depth: Int) -> String {
      let pairs = depth / 2
      return String(repeating: #"[{"a":"#, count: pairs) + (depth % 2 == 0 ? "1" : "[]")
        + String(repeating: "}]", count: pairs)
    }
    #expect(refusal(of: nested(16)) == nil)
    #expect(refusal(of: nested(17))?.reason == .tooDeep)
    #expect(refusal(of: "[[],[],[]]", limits: JSONLimits(maximumDepth: 2)) == nil)
    #expect(refusal(of: "[[],[[]]]", limits: JSONLimits(maximumDepth: 2))?.offset == 5)
    #expect(refusal(of: "1", limits: JSONLimits(maximumDepth: 0)) == nil)
    #expect(refusal(of: "[]", limits: JSONLimits(maximumDepth: 0))?.reason == .tooDeep)
  }

  @Test("Nesting takes no stack: a million arrays inside each other are parsed where the limits let them")
  func noRecursion() {
    let brackets = String(repeating: "[", count: 1_000_000)
    #expect(refusal(of: brackets, limits: .wide)?.reason == .unexpectedEnd)
    #expect(refusal(of: brackets + String(repeating: "]", count: 1_000_000), limits: .wide) == nil)
    #expect(refusal(of: String(repeating: "[", count: 1_000_001), limits: .wide)?.reason == .tooDeep)
  }

  @Test("An object may have as many members as the limit says, and no more; another object counts anew")
  func members() {
    func object(_ count: Int) -> String {
      "{" + (0..<count).map { #""\#($0)":{}"# }.joined(separator: ",") + "}"
    }
    #expect(refusal(of: object(64)) == nil)
    #expect(refusal(of: object(65))?.reason == .tooManyMembers)
    #expect(refusal(of: "[\(object(64)),\(object(64))]") == nil)
    #expect(refusal(of: #"{"a":{"b":{}},"c":1}"#, limits: JSONLimits(maximumMembers: 1))?.offset == 14)
    #expect(refusal(of: "{}", limits: JSONLimits(maximumMembers: 0)) == nil)
  }

  @Test("Values and keys are counted together against the limit of nodes")
  func nodes() {
    #expect(refusal(of: #"{"a":[1,2]}"#, limits: JSONLimits(maximumNodes: 5)) == nil)
    #expect(refusal(of: #"{"a":[1,2]}"#, limits: JSONLimits(maximumNodes: 4))?.reason == .tooManyNodes)
    #expect(refusal(of: #"{"a":[1,2]}"#, limits: JSONLimits(maximumNodes: 4))?.offset == 8)
    #expect(refusal(of: "[" + String(repeating: "0,", count: 4_094) + "0]") == nil)
    #expect(refusal(of: "[" + String(repeating: "0,", count: 4_095) + "0]")?.reason == .tooManyNodes)
  }

  @Test("Limits of zero and below refuse and do no harm")
  func nonsense() {
    for limit in [0, -1, Int.min] {
      #expect(refusal(of: "1", limits: JSONLimits(maximumBytes: limit))?.reason == .tooLarge)
      #expect(refusal(of: "[]", limits: JSONLimits(maximumDepth: limit))?.reason == .tooDeep)
      #expect(refusal(of: #"{"a":1}"#, limits: JSONLimits(maximumMembers: limit))?.reason == .tooManyMembers)
      #expect(refusal(of: "1", limits: JSONLimits(maximumNodes: limit))?.reason == .tooManyNodes)
    }
    let unlimited = JSONLimits(maximumBytes: .max, maximumDepth: .max, maximumMembers: .max, maximumNodes: .max)
    #expect(refusal(of: #"{"a":[1,2]}"#, limits: unlimited) == nil)
  }

  @Test("An error says its reason and its place, and nothing of the document")
  func description() {
    #expect(refusal(of: #"{"secret":tru}"#).map(\.description) == "unexpected byte at byte 13")
    #expect(refusal(of: #"{"secret":1,"secret":2}"#).map { "\($0)" } == "duplicate key at byte 12")
    #expect(Set(JSONError.Reason.allCases.map(\.rawValue)).count == JSONError.Reason.allCases.count)
  }
}
