import StrictJSON
import Testing

@Suite("Strings")
struct StringTests {
  @Test("Every escape of RFC 8259 is decoded")
  func escapes() throws {
    #expect(try parse(#""\"\\\/\b\f\n\r\t""#).string == "\"\\/\u{8}\u{C}\n\r\t")
    #expect(try parse(#""\u0001\u007f\u0080\u07ff""#).string == "\u{1}\u{7F}\u{80}\u{7FF}")
    #expect(try parse(#""\u0800\uFFFF\ufeFF""#).string == "\u{800}\u{FFFF}\u{FEFF}")
    #expect(try parse(#""\ud800\udc00\uDBFF\uDFFF\ud83d\ude00""#).string == "\u{10000}\u{10FFFF}\u{1F600}")
    #expect(try parse(#""a\u00e9b\\u0000""#).string == "a\u{E9}b\\u0000")
  }

  @Test("Every code unit's escape is decoded as the standard library has it, or refused")
  func everyCodeUnit() {
    for unit in UInt16.min...UInt16.max {
      let digits = String(unit, radix: 16)
      let text = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
      switch Unicode.Scalar(unit) {
      case "\0": #expect(refusal(of: text)?.reason == .nul)
      case let scalar?: #expect((try? parse(text))?.string?.unicodeScalars.elementsEqual([scalar]) == true, "\(text)")
      case nil: #expect(refusal(of: text)?.reason == .loneSurrogate, "\(text)")
      }
    }
  }

  @Test("Every first half of a surrogate pair is joined with second halves from all of their range")
  func surrogatePairs() throws {
    for high in UInt32(0xD800)...0xDBFF {
      let lows = stride(from: UInt32(0xDC00), through: 0xDFFF, by: 33)
      let text = lows.map { "\\u\(String(high, radix: 16))\\u\(String($0, radix: 16))" }.joined()
      let scalars = lows.compactMap { Unicode.Scalar(0x10000 + (high - 0xD800) * 0x400 + ($0 - 0xDC00)) }
      let decoded = try parse("\"\(text)\"").string
      #expect(decoded?.unicodeScalars.elementsEqual(scalars) == true, "\(String(high, radix: 16))")
    }
  }

  @Test("NUL is refused in every place and spelling")
  func nul() {
    #expect(refusal(of: #""room\u0000admin""#)?.reason == .nul)
    #expect(refusal(of: #""room\u0000admin""#)?.offset == 5)
    #expect(refusal(of: #"{"\u0000":1}"#)?.reason == .nul)
    #expect(refusal(of: #"[[{"a":"\u0000"}]]"#)?.reason == .nul)
    #expect(refusal(of: "\"\0\"")?.reason == .controlCharacter)
    #expect(refusal(of: "\0")?.reason == .unexpectedByte)
    #expect(refusal(of: [UInt8(ascii: "\""), 0xC0, 0x80, UInt8(ascii: "\"")])?.reason == .invalidUTF8)
  }

  @Test("An escaped backslash before u0000 is no NUL")
  func escapedBackslash() throws {
    #expect(try parse(#""\\u0000""#).string == #"\u0000"#)
    #expect(refusal(of: #""\\\u0000""#)?.reason == .nul)
  }

  @Test("Every unescaped control character is refused, DEL and above are not")
  func controlCharacters() {
    for byte in UInt8(0)..<0x20 {
      let error = refusal(of: [UInt8(ascii: "\""), UInt8(ascii: "a"), byte, UInt8(ascii: "\"")])
      #expect(error?.reason == .controlCharacter)
      #expect(error?.offset == 2)
    }
    #expect(refusal(of: "\"\u{7F}\u{80}\u{9F}\u{2028}\"") == nil)
  }

  @Test(
    "Half a surrogate pair is refused",
    arguments: [
      #""\ud800""#, #""\udc00""#, #""\udbffx""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\ud800\ud800""#,
      #""\udc00\ud800""#, #""\udc00\udc00""#, #""\ud800\\udc00""#, #""\ud800 \udc00""#, #""\ud83d\ude00\ud83d""#,
    ])
  func loneSurrogates(text: String) {
    #expect(refusal(of: text)?.reason == .loneSurrogate)
  }

  @Test(
    "Any other escape is refused",
    arguments: [
      #""\a""#, #""\'""#, #""\0""#, #""\x41""#, #""\U0041""#, #""\u""#, #""\u004""#, #""\u00g0""#, #""\u 041""#,
      #""\u+041""#, #""\u-001""#, #""\u{41}""#, "\"\\\n\"", "\"\\\u{E9}\"", #""\ud800\u00""#,
    ])
  func badEscapes(text: String) {
    #expect(refusal(of: text)?.reason == .badEscape)
  }

  @Test("A key is held to the same rules as any string")
  func keys() {
    #expect(refusal(of: "{\"\n\":1}")?.reason == .controlCharacter)
    #expect(refusal(of: #"{"\ud800":1}"#)?.reason == .loneSurrogate)
    #expect(refusal(of: #"{"\x":1}"#)?.reason == .badEscape)
    #expect(refusal(of: Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8))?.reason == .invalidUTF8)
  }
}
