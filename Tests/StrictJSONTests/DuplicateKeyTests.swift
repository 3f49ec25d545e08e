import StrictJSON
import Testing

@Suite("Duplicate keys")
struct DuplicateKeyTests {
  @Test(
    "A key that stands twice is refused however it is spelled",
    arguments: [
      #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"\u0061":1,"\u0061":2}"#, #"{"":1,"":2}"#,
      #"{"a/":1,"a\/":2}"#, #"{"\n":1,"\u000A":2}"#, #"{"\u00e9":1,"é":2}"#, #"{"😀":1,"\ud83d\ude00":2}"#,
      #"{"\uD83D\uDE00":1,"\ud83d\ude00":2}"#, #"{"a":{"a":{}},"b":[{"a":1}],"a":2}"#, #"[{"x":{"k":1,"k":1}}]"#,
      #"{"a long key of 30 characters …":1,"a long key of 30 characters \u2026":2}"#,
    ])
  func refused(text: String) {
    #expect(refusal(of: text)?.reason == .duplicateKey)
  }

  @Test("The second of the two is the one named")
  func offset() {
    #expect(refusal(of: #"{"a":1,"\u0061":2}"#)?.offset == 7)
  }

  @Test(
    "Keys that differ in a byte are two keys",
    arguments: [
      #"{"a":1,"A":2}"#, #"{"a":1,"a ":2}"#, #"{"a":1,"aa":2}"#, #"{"":1,"a":2}"#, #"{"é":1,"e\u0301":2}"#,
      #"{"\u00e9":1,"e\u0301":2}"#, #"{"\\u0061":1,"a":2}"#, #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":1}]"#,
      #"{"a":{"b":1},"b":{"a":1}}"#, #"{"\u212b":1,"\u00c5":2}"#,
    ])
  func accepted(text: String) {
    #expect(refusal(of: text) == nil)
  }

  @Test("Random keys in random spellings are refused exactly where two decode to the same bytes", arguments: 0..<400)
  func model(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var seen: Set<[UInt8]> = []
    var hasDuplicate = false
    var members: [String] = []
    // Of length 0 to 3, and 7 to 10 with a common beginning: on both sides of a word of eight bytes.
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let beginning = Bool.random(using: &random) ? "" : "beginni"
      let rest = (0..<Int.random(in: 0...3, using: &random)).map { _ in "ab/é😀".randomElement(using: &random) ?? "a" }
      let key = beginning + String(rest)
      if !seen.insert(Array(key.utf8)).inserted { hasDuplicate = true }
      members.append("\"\(spelled(key, &random))\":0")
    }
    #expect((refusal(of: "{\(members.joined(separator: ","))}")?.reason == .duplicateKey) == hasDuplicate)
  }

  private func spelled(_ key: String, _ random: inout SeededGenerator) -> String {
    guard Bool.random(using: &random) else { return key }
    return key.unicodeScalars.map { scalar in
      Bool.random(using: &random) ? String(scalar) : String(scalar).utf16.map(escape).joined()
    }.joined()
  }

  private func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16, uppercase: unit % 2 == 0)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
