import StrictJSON
import Testing

@Suite("Structure")
struct StructureTests {
  @Test("Only space, tab, line feed and carriage return are white space")
  func whiteSpace() throws {
    #expect(refusal(of: " \t\n\r{ \t\n\r\"a\" \t\n\r: \t\n\r[ \t\n\r1 \t\n\r, \t\n\r2 \t\n\r] \t\n\r} \t\n\r") == nil)
    for byte in UInt8.min...UInt8.max where ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
      #expect(refusal(of: [UInt8(ascii: "{"), byte, UInt8(ascii: "}")]) != nil, "byte \(byte)")
    }
    for space in ["\u{A0}", "\u{2028}", "\u{FEFF}", "\u{B}", "\u{C}", "\0"] {
      #expect(refusal(of: "[1\(space)]")?.reason == .unexpectedByte)
    }
  }

  @Test("A document without a value is refused", arguments: ["", " ", "\n\t\r "])
  func empty(text: String) {
    #expect(refusal(of: text)?.reason == .unexpectedEnd)
    #expect(refusal(of: text)?.offset == text.utf8.count)
  }

  @Test("A byte order mark is refused, in UTF-8 and UTF-16")
  func byteOrderMark() {
    #expect(refusal(of: [0xEF, 0xBB, 0xBF] + Array("{}".utf8))?.reason == .byteOrderMark)
    #expect(refusal(of: [0xFF, 0xFE, 0x7B, 0, 0x7D, 0])?.reason == .unexpectedByte)
    #expect(refusal(of: [0xFE, 0xFF, 0, 0x7B, 0, 0x7D])?.reason == .unexpectedByte)
  }

  @Test(
    "Nothing but white space may follow the value",
    arguments: [("{}{}", 2), ("1 2", 2), ("[]]", 2), ("null,", 4), ("{} \0", 3), ("truefalse", 4), ("01", 0)])
  func trailing(text: String, offset: Int) {
    #expect(refusal(of: text)?.reason == (offset == 0 ? .badNumber : .trailingBytes))
    #expect(refusal(of: text)?.offset == offset)
  }

  @Test(
    "A byte out of place is refused where it stands",
    arguments: [
      ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1;2]", 2), ("[1}", 2), ("{]", 1), ("{,}", 1), (#"{"a":1,}"#, 7),
      (#"{"a" 1}"#, 5), (#"{"a":}"#, 5), (#"{"a"::1}"#, 5), ("{a:1}", 1), ("{'a':1}", 1), ("{1:1}", 1),
      (#"{"a":1 "b":2}"#, 7), (#"{"a":1]"#, 6), ("[1]//", 3), ("/**/1", 0), ("[1/**/]", 2), ("#", 0), ("undefined", 0),
    ])
  func outOfPlace(text: String, offset: Int) {
    #expect([.unexpectedByte, .trailingBytes].contains(refusal(of: text)?.reason))
    #expect(refusal(of: text)?.offset == offset)
  }

  @Test("The three words are spelled in full and in lower case")
  func words() {
    for text in ["True", "TRUE", "tRue", "nul!", "fals\0", "Null", "trues", "nulll", "NaN", "Infinity"] {
      #expect([.unexpectedByte, .trailingBytes].contains(refusal(of: text)?.reason), "\(text)")
    }
    #expect(refusal(of: "trxe")?.offset == 2)
  }

  @Test("A document cut anywhere is refused, and says so at its end")
  func cut() {
    let whole = Array(#"{"a":[true,false,null,"\u00e9\ud83d\ude00\n",{"b":-1}],"c":"d"}"#.utf8)
    #expect(refusal(of: whole) == nil)
    for length in 0..<whole.count {
      let error = refusal(of: Array(whole[..<length]))
      // Within a surrogate pair the first half stands alone already.
      if error?.reason != .loneSurrogate {
        #expect(error?.reason == .unexpectedEnd, "cut to \(length)")
        #expect(error?.offset == length)
      }
    }
  }
}
