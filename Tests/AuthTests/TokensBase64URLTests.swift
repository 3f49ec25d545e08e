import Testing

@testable import Auth

@Suite("base64url")
struct Base64URLTests {
  @Test(
    "RFC 4648's vectors decode and encode, without their padding",
    arguments: [
      ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
      ("foobar", "Zm9vYmFy"),
    ])
  func vectors(plain: String, encoded: String) {
    #expect(Base64URL.decode(encoded.utf8) == Array(plain.utf8))
    #expect(Base64URL.encode(plain.utf8) == Array(encoded.utf8))
  }

  @Test("Every pair of bytes comes back, and has one spelling of three characters alone")
  func onlySpelling() {
    var seen: Set<[UInt8]> = []
    for value in 0...UInt16.max {
      let bytes = [UInt8(value >> 8), UInt8(value & 0xFF)]
      let text = Base64URL.encode(bytes)
      #expect(text.count == 3 && Base64URL.decode(text) == bytes)
      seen.insert(text)
    }
    #expect(seen.count == 65_536)
  }

  @Test("Of the 256 bytes exactly the alphabet's 64 are characters")
  func alphabet() {
    let accepted = (0...UInt8.max).filter { Base64URL.decode([$0, UInt8(ascii: "A")]) != nil }
    // As the first of two characters each has its 6 bits used, so no tail bits interfere.
    #expect(accepted.count == 64)
    #expect(Set(accepted).isDisjoint(with: Array("+/=. \n\t%".utf8)))
  }

  @Test(
    "Padding, the standard alphabet, white space, tail bits and a lone character are refused",
    arguments: [
      "Zg==", "Zg=", "Zm8=", "Zm9v=", "=", "+/+/", "ab+d", "ab/d", "Zm 9v", " Zm9v", "Zm9v\n", "Zm9v\r\n", "Zh", "Zm9",
      "Z", "A", "Zm9vZ", "Zm9vA", "Zm9v.", "Zm9vÄ", "Zm9v\0",
    ])
  func refused(text: String) {
    #expect(Base64URL.decode(text.utf8) == nil)
  }

  @Test("Of sixteen last characters that spell the same byte only that with a zero tail is accepted")
  func tailBits() {
    // A to P are 0 to 15: of 6 bits the upper two are the byte's, the lower four are the tail.
    let accepted = "ABCDEFGHIJKLMNOP".utf8.filter { Base64URL.decode([UInt8(ascii: "A"), $0]) != nil }
    #expect(accepted == [UInt8(ascii: "A")])
  }
}
