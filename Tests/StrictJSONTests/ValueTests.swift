import StrictJSON
import Testing

@Suite("Values")
struct ValueTests {
  @Test("A hook's body is read, and its data kept as it was spelled")
  func hookBody() throws {
    let body = try parse(
      #" {"client":"b12b","user":"42", "channel":"chat:room","data":{"n": 1.0,"t":"\u003c"},"meta":{"team":"blue"}} "#)
    #expect(body.kind == .object)
    #expect(body["client"]?.string == "b12b")
    #expect(body["user"]?.isString("42") == true)
    #expect(body["data"].map { String(decoding: $0.rawBytes, as: UTF8.self) } == #"{"n": 1.0,"t":"\u003c"}"#)
    #expect(body["data"]?["t"]?.string == "<")
    #expect(body["meta"]?["team"]?.string == "blue")
    #expect(body["team"] == nil)
    #expect(body.members.map { $0.map(\.key) } == ["client", "user", "channel", "data", "meta"])
  }
}
