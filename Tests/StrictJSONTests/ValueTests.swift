import StrictJSON
import Testing

@Suite("Values")
struct ValueTests {
  @Test("A hook's body is read field by field")
  func hookBody() throws {
    let body = try parse(
      #"{"client":"b12b","user":"42","channel":"chat:room","data":{"t":"\u003c"},"meta":{"team":"blue"}}"#)
    #expect(body.kind == .object)
    #expect(body["client"]?.string == "b12b")
    #expect(body["user"]?.isString("42") == true)
    #expect(body["data"]?["t"]?.string == "<")
    #expect(body["meta"]?["team"]?.string == "blue")
    #expect(body["team"] == nil)
  }

  @Test("A value's raw bytes are its exact spelling, without the space around it")
  func rawBytes() throws {
    let body = try parse(" { \"a\" : {\"n\": 1.0 ,\"t\":\"\\u003c\"}\n, \"b\":[ 1 ] , \"c\" : -0e1 } ")
    #expect(body.rawText.first == "{" && body.rawText.last == "}")
    #expect(body["a"]?.rawText == #"{"n": 1.0 ,"t":"\u003c"}"#)
    #expect(body["a"]?["n"]?.rawText == "1.0")
    #expect(body["a"]?["t"]?.rawText == #""\u003c""#)
    #expect(body["b"]?.rawText == "[ 1 ]")
    #expect(body["c"]?.rawText == "-0e1")
  }

  @Test("Every kind of value may be the whole document")
  func scalarDocuments() throws {
    #expect(try parse("{}").kind == .object)
    #expect(try parse("[]").kind == .array)
    #expect(try parse("\"\"").kind == .string)
    #expect(try parse("0").kind == .number)
    #expect(try parse("true").kind == .true)
    #expect(try parse("false").kind == .false)
    #expect(try parse("null").kind == .null)
  }

  @Test("A value answers only for its own kind")
  func wrongKind() throws {
    let values = try #require(try parse(#"[{}, [], "1", 1, true, false, null]"#).elements)
    for value in values {
      #expect((value.string != nil) == (value.kind == .string))
      #expect((value.integer != nil) == (value.kind == .number))
      #expect((value.double != nil) == (value.kind == .number))
      #expect((value.bool != nil) == (value.kind == .true || value.kind == .false))
      #expect(value.isNull == (value.kind == .null))
      #expect((value.members != nil) == (value.kind == .object))
      #expect((value.elements != nil) == (value.kind == .array))
      #expect(value.isString("1") == (value.kind == .string))
      #expect(value["1"] == nil)
    }
  }

  @Test("Members and elements come in the order they stand in, whatever is inside them")
  func order() throws {
    let body = try parse(#"{"b":[1,[2,[3]],{"x":{"y":4}}],"a":{"z":[]},"":null}"#)
    let members = try #require(body.members)
    #expect(members.map(\.key) == ["b", "a", ""])
    #expect(members.map(\.value.rawText) == [#"[1,[2,[3]],{"x":{"y":4}}]"#, #"{"z":[]}"#, "null"])
    let elements = try #require(body["b"]?.elements)
    #expect(elements.map(\.rawText) == ["1", "[2,[3]]", #"{"x":{"y":4}}"#])
    #expect(body[""]?.isNull == true)
    #expect(try Array(#require(parse("[]").elements)).isEmpty)
    #expect(try Array(#require(parse("{}").members)).isEmpty)
  }

  @Test("A key is found only in its own object")
  func scope() throws {
    let body = try parse(#"{"a":{"b":1},"c":[{"d":2}]}"#)
    #expect(body["b"] == nil)
    #expect(body["d"] == nil)
    #expect(body["a"]?["c"] == nil)
  }

  @Test("A key is found by its decoded bytes, not by Unicode equivalence")
  func keyEquality() throws {
    let body = try parse(#"{"\u0061\n":1,"caf\u00e9":2,"x":3}"#)
    #expect(body["a\n"]?.integer == 1)
    #expect(body["caf\u{E9}"]?.integer == 2)
    #expect(body["cafe\u{301}"] == nil)
    #expect(body["a"] == nil)
    #expect(body["a\n\n"] == nil)
    #expect(body["X"] == nil)
    #expect(body[#"\u0061\n"#] == nil)
  }

  @Test("A string is compared decoded, whole and as bytes")
  func isString() throws {
    #expect(try parse(#""text""#).isString("text"))
    #expect(try parse(#""t\u0065xt""#).isString("text"))
    #expect(try !parse(#""text""#).isString("tex"))
    #expect(try !parse(#""tex""#).isString("text"))
    #expect(try !parse(#""t\u0065xt""#).isString("texts"))
    #expect(try !parse(#""t\u0065xt""#).isString("tex"))
    #expect(try parse(#""""#).isString(""))
    #expect(try !parse(#""caf\u00e9""#).isString("cafe\u{301}"))
  }

  @Test("A value outlives the parse that made it")
  func lifetime() throws {
    func inner() throws -> JSON { try #require(try parse(#"{"a":{"b":"\ttext"}}"#)["a"]?["b"]) }
    #expect(try inner().string == "\ttext")
  }
}
