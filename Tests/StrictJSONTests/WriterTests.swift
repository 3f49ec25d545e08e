import StrictJSON
import Testing

@Suite("Writer")
struct WriterTests {
  @Test("Commas and colons are set by the writer")
  func separators() {
    var writer = JSONWriter(capacity: 64)
    writer.beginObject()
    writer.key("empty")
    writer.beginObject()
    writer.endObject()
    writer.key("list")
    writer.beginArray()
    writer.integer(1)
    writer.beginArray()
    writer.endArray()
    writer.bool(true)
    writer.bool(false)
    writer.null()
    writer.raw(#"{"a": 1.0}"#.utf8)
    writer.string("s")
    writer.endArray()
    writer.key("last" as StaticString)
    writer.integer(UInt64.max)
    writer.endObject()
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == #"{"empty":{},"list":[1,[],true,false,null,{"a": 1.0},"s"],"last":18446744073709551615}"#)
  }

  @Test("Quotes, backslashes, control characters and the two line separators are escaped, nothing else")
  func escapes() {
    var writer = JSONWriter()
    writer.string("\"\\/\u{8}\t\n\u{C}\r\u{0}\u{1}\u{F}\u{10}\u{1F}\u{7F}<é\u{2027}\u{2028}\u{2029}\u{202A}😀")
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u0001\\u000f\\u0010\\u001f\u{7F}<é\u{2027}\\u2028\\u2029\u{202A}😀\"")
  }

  @Test("A character is escaped wherever in the text it stands", arguments: ["\"", "\n", "\u{2028}", "\u{2029}"])
  func placesOfEscapes(character: String) throws {
    let escape = ["\"": "\\\"", "\n": "\\n", "\u{2028}": "\\u2028", "\u{2029}": "\\u2029"][character]
    for text in ["#", "#a", "a#", "a#b", "##", "#\u{2027}", "\u{2027}#"] {
      var writer = JSONWriter()
      writer.string(text.split(separator: "#", omittingEmptySubsequences: false).joined(separator: character))
      let escaped = try text.split(separator: "#", omittingEmptySubsequences: false).joined(separator: #require(escape))
      #expect(writer.bytes == Array("\"\(escaped)\"".utf8))
    }
  }

  @Test("Every character but NUL comes back from the parser as it was written, alone and in a key")
  func everyScalar() throws {
    var text = ""
    text.unicodeScalars.append(contentsOf: (UInt32(1)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init))
    var writer = JSONWriter(capacity: 5_000_000)
    writer.beginObject()
    writer.key(text)
    writer.string(text)
    writer.endObject()
    let limits = JSONLimits(maximumBytes: 10_000_000)
    let value = try JSON.parse(writer.bytes, limits: limits)[text]
    #expect(value?.string.map { $0.utf8.elementsEqual(text.utf8) } == true)
  }

  @Test("A string that was cut out of a longer one is written whole")
  func substrings() {
    for text in ["", "a", "\u{2028}", "e\u{301}\n", "\u{E2}\u{80}", "a\"", "\"a"] {
      var writer = JSONWriter()
      writer.string(String(("<" + text + ">").dropFirst().dropLast()))
      #expect((try? JSON.parse(writer.bytes))?.string == text)
    }
  }

  @Test("A raw value of a parsed document is written byte for byte")
  func raw() throws {
    let document = try parse(#"{"data": {"n": 1.0, "t": "\u003c"}}"#)
    var writer = JSONWriter()
    writer.beginArray()
    writer.raw(try #require(document["data"]).rawBytes)
    writer.raw([UInt8(ascii: "1")])
    writer.endArray()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[{"n": 1.0, "t": "\u003c"},1]"#)
  }

  @Test("The smallest and largest integers are written in full")
  func integers() throws {
    var writer = JSONWriter()
    writer.beginArray()
    writer.integer(Int64.min)
    writer.integer(Int64.max)
    writer.integer(Int8(-1))
    writer.endArray()
    let elements = try #require(try JSON.parse(writer.bytes).elements)
    #expect(elements.map(\.integer) == [.min, .max, -1])
  }
}
