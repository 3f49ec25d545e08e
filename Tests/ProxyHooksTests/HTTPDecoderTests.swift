import Storage
import StrictJSON
import Testing

@testable import ProxyHooks

@Suite struct HTTPDecoderTests {
  private func decode(_ body: String) throws(HTTPHookRequestDecoder.Fault) -> HookRequest {
    var request = HookRequest(kind: .publish, id: "1", deadline: Deadline(nanoseconds: 0))
    try HTTPHookRequestDecoder(limits: .standard).decode(Array(body.utf8), into: &request)
    return request
  }

  private func text(_ payload: HookRequest.Payload) -> String {
    switch payload {
    case .absent: "absent"
    case .unreadable: "unreadable"
    case .json(let value): String(decoding: value.rawBytes, as: UTF8.self)
    }
  }

  @Test("The payload is the bytes the client sent, to the byte")
  func payload() throws {
    for data in ["{}", "null", "[1.0, 1e2]", #""\u003c""#, "12345678901234567890"] {
      #expect(text(try decode(#"{"encoding":"json","data": \#(data) }"#).payload) == data)
    }
    #expect(text(try decode(#"{"encoding":"json"}"#).payload) == "absent")
    #expect(text(try decode(#"{}"#).payload) == "absent")
  }

  @Test(
    "A binary payload is decoded and parsed as strictly as the rest",
    arguments: [
      ("eyJhIjoxfQ==", #"{"a":1}"#), ("MQ==", "1"), ("", "unreadable"), ("MQ", "unreadable"), ("MQ=", "unreadable"),
      ("MR==", "unreadable"), ("MQ==\\n", "unreadable"), ("=MQ=", "unreadable"), ("M===", "unreadable"),
      ("====", "unreadable"), ("_-==", "unreadable"), (" MQ==", "unreadable"), ("AP9yYXc=", "unreadable"),
      ("eyJhIjoxLCJhIjoyfQ==", "unreadable"), ("MQ==MQ==", "unreadable"),
    ])
  func binary(text base64: String, expected: String) throws {
    #expect(text(try decode(#"{"encoding":"binary","b64data":"\#(base64)"}"#).payload) == expected)
  }

  @Test(
    "A body that is not what Centrifugo sends is refused",
    arguments: [
      "", " ", "null", "[]", "1", "\"a\"", "{", "{}{}", #"{"user":"a","user":"b"}"#, #"{"user":"a","us\u0065r":"b"}"#,
      #"{"user":1}"#, #"{"user":null}"#, #"{"client":{}}"#, #"{"channel":[]}"#, #"{"method":true}"#,
      #"{"meta":1}"#, #"{"meta":null}"#, #"{"meta":"{}"}"#, #"{"encoding":"proto"}"#, #"{"encoding":""}"#,
      #"{"encoding":1}"#, #"{"encoding":"binary","b64data":1}"#, #"{"encoding":"json","data":1,"b64data":"MQ=="}"#,
      #"{"encoding":"binary","data":1,"b64data":"MQ=="}"#, #"{"encoding":"binary","data":1}"#,
      #"{"encoding":"json","b64data":"MQ=="}"#, #"{"user":"a\u0000"}"#, "{\"user\":\"\u{1}\"}",
    ])
  func refused(body: String) {
    #expect(throws: HTTPHookRequestDecoder.Fault.self) { try decode(body) }
  }

  @Test("Keys that Centrifugo has or may come to have are passed over, whatever they hold")
  func tolerated() throws {
    let request = try decode(
      #"{"labels":{"a":"b"},"protocol":1,"transport":null,"name":[],"version":{},"channels":["a"],"token":"t","#
        + #""new":{"user":"x"},"User":"X","user":"42"}"#)
    #expect(request.user == "42")
  }

  @Test("What is wrong with a body is said without a word of it")
  func faults() throws {
    for body in [#"{"user":"s3cret","user":"s3cret"}"#, #"{"encoding":"s3cret"}"#, #"{"user":["s3cret"]}"#] {
      do {
        _ = try decode(body)
        Issue.record("decoded")
      } catch {
        #expect(!error.description.contains("s3cret"))
      }
    }
  }

  @Test("Base64 of any bytes is read back, and has the one spelling that Go gives it")
  func base64() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ length) }
      #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
    }
    #expect(Base64.encode([]) == "")
    #expect(Base64.encode([0xFF, 0xFE]) == "//4=")
    #expect(Base64.encode([0, 0x10, 0x83, 0xFB]) == "ABCD+w==")
  }

  @Test("A malformed body of a known caller is a 200 that refuses, and decides nothing", arguments: HookKind.allCases)
  func malformed(kind: HookKind) async throws {
    try await TestListener.serve { test in
      let result = try await test.exchange(TestListener.post(kind.rawValue, #"{"user":"#))
      #expect(result.statuses == [200])
      let expected =
        kind == .refresh || kind == .subRefresh
        ? #"{"result":{"expired":true}}"# : #"{"error":{"code":400,"message":"bad request"}}"#
      #expect(result.replies.first?.body == expected)
      #expect(test.hooks.requests.isEmpty)
      #expect(
        test.metrics.text.contains(
          #"proxyhooks_hook_replies_total{hook="\#(kind.rawValue)",outcome="error",code="bad_request"} 1"#))
    }
  }

  @Test("Authorization is taken only where there is one, the address is empty unless it is single and one")
  func forwarded() async throws {
    let cases: [(headers: String, authorization: String?, address: String?)] = [
      ("", nil, ""), ("Authorization: Bearer a\r\n", "Bearer a", ""),
      ("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", nil, ""),
      ("X-Real-Ip: 192.0.2.7\r\n", nil, "192.0.2.7"),
      ("X-Real-Ip: 2001:DB8:0::1\r\n", nil, "2001:db8::1"), ("X-Real-Ip: 192.0.2.7, 192.0.2.8\r\n", nil, ""),
      ("X-Real-Ip: 192.0.2.7\r\nX-Real-Ip: 192.0.2.7\r\n", nil, ""), ("X-Real-Ip: localhost\r\n", nil, ""),
      ("X-Real-Ip: 192.0.2.7:80\r\n", nil, ""), ("X-Forwarded-For: 192.0.2.7\r\n", nil, ""),
    ]
    try await TestListener.serve(settings: { $0.clientAddressHeader = "x-real-ip" }) { test in
      for (place, expected) in cases.enumerated() {
        _ = try await test.exchange(TestListener.post("connect", "{}", headers: expected.headers))
        let request = try #require(test.hooks.requests.dropFirst(place).first)
        #expect(request.authorization == expected.authorization, "\(expected.headers)")
        #expect(request.clientAddress == expected.address, "\(expected.headers)")
      }
      let ids = Set(test.hooks.requests.map(\.id))
      #expect(ids.count == cases.count)
      #expect(ids.allSatisfy { $0.utf8.count <= 15 })
    }
    try await TestListener.serve { test in
      _ = try await test.exchange(TestListener.post("connect", "{}", headers: "X-Real-Ip: 192.0.2.7\r\n"))
      #expect(test.hooks.requests.first?.clientAddress == nil)
    }
  }
}
