import Foundation
import Testing

@testable import ProxyHooks

@Suite("Client addresses")
struct ClientAddressTests {
  @Test("Addresses are counted by the customer they belong to")
  func counted() {
    #expect(ClientAddress.counted("192.0.2.1") == "192.0.2.1")
    #expect(ClientAddress.counted("::ffff:192.0.2.1") == "192.0.2.1")
    #expect(ClientAddress.counted("2001:db8:1:2:3:4:5:6") == ClientAddress.counted("2001:db8:1:2::1"))
    #expect(ClientAddress.counted("2001:db8:1:2::1") != ClientAddress.counted("2001:db8:1:3::1"))
    for text in ["", "1.2.3", "alice", "{x}", "1.2.3.4}", "192.0.2.1\0x", "::1\0x"] {
      #expect(ClientAddress.counted(text) == nil)
    }
  }
}

@Suite("connect")
struct ConnectHookTests {
  private func body(_ token: String) -> String { #"{"client":"c","data":{"token":"\#(token)"}}"# }

  @Test("A good token gets its user, an end, meta and the personal channel, and nothing else")
  func good() async throws {
    let installation = try await Installation.shared
    let token = try installation.token("alice", #""jti":"t1","iat":1799999999,"info":{"n":1}"#)
    let result = try #require(try await installation.call(.connect, body(token)).result)
    #expect(Set(result.keys) == ["user", "expire_at", "info", "meta", "subs"])
    #expect(result["user"] as? String == "alice")
    let end = try #require(result["expire_at"] as? Int64)
    #expect((Installation.now + 270...Installation.now + 300).contains(end))
    #expect(result["info"] as? [String: Int] == ["n": 1])
    #expect((result["meta"] as? [String: Any])?["jti"] as? String == "t1")
    #expect((result["meta"] as? [String: Any])?["iat"] as? Int == 1_799_999_999)
    #expect((result["subs"] as? [String: Any])?.keys.map { $0 } == ["user:alice"])
  }

  @Test("Ends differ from connection to connection")
  func jitter() async throws {
    let installation = try await Installation.shared
    var ends: Set<Int64> = []
    for number in 0..<20 {
      let token = try installation.token("jitter-\(number)")
      let result = try #require(try await installation.call(.connect, body(token)).result)
      ends.insert(try #require(result["expire_at"] as? Int64))
    }
    #expect(ends.count > 3)
  }

  @Test("A bearer token of a forwarded header is taken where the data has none")
  func header() async throws {
    let installation = try await Installation.shared
    var request = HookRequest(kind: .connect, id: "test", deadline: .after(milliseconds: 60_000))
    request.authorization = "bearer \(try installation.token("bob"))"
    guard case .connect(let result) = await installation.hooks.answer(request) else {
      Issue.record("not let in")
      return
    }
    #expect(result.user == "bob")
  }

  @Test("An expired token is told to come back with a new one")
  func expired() async throws {
    let installation = try await Installation.shared
    let token = try installation.token("alice", expiresIn: -60)
    #expect(try await installation.call(.connect, body(token)).disconnectCode == 4001)
  }

  @Test(
    "A forged, foreign or malformed token ends the connection for good",
    arguments: ["flipped", "expired and forged", "garbage", "none"])
  func forged(how: String) async throws {
    let installation = try await Installation.shared
    var token = try installation.token("alice", expiresIn: how == "expired and forged" ? -60 : 60)
    switch how {
    case "garbage": token = "x.y.z"
    case "none": token = "eyJhbGciOiJub25lIn0." + token.split(separator: ".")[1] + "."
    default:
      let last = token.removeLast()
      // The last character but one, whose bits all count.
      token.removeLast()
      token += (token.hasSuffix("A") ? "B" : "A") + String(last)
      token = token.replacing("..", with: ".")
    }
    #expect(try await installation.call(.connect, body(token)).disconnectCode == 4501)
  }

  @Test(
    "Whatever rule a token breaks, expired or not, the client gets the same bytes as for a forged one",
    arguments: [
      #""nbf":1800000050"#, #""nbf":-1"#, #""iat":1e300"#, #""iat":1800000050"#, #""aud":[]"#, #""iss":1"#,
      #""jti":"""#, #""info":1"#, #""channel":"match:m""#,
    ])
  func sameReply(claims: String) async throws {
    let installation = try await Installation.shared
    let forged = try await installation.reply(.connect, body("x.y.z"))
    for seconds: Int64 in [60, -60] {
      let token = try installation.token("alice", claims, expiresIn: seconds)
      #expect(try await installation.reply(.connect, body(token)) == forged)
    }
  }

  @Test(
    "A header that is refused gets the same bytes as well",
    arguments: [
      #"{"alg":"none"}"#, #"{"alg":"RS256"}"#, #"{"alg":"HS256","kid":"../x"}"#, #"{"alg":"HS256","crit":["x"]}"#,
      #"{"alg":"HS256","b64":true}"#, #"{"alg":"HS256","alg":"x"}"#, #"{"alg":"HS256","cty":"JWT"}"#, "{", "",
    ])
  func sameReplyToHeaders(header: String) async throws {
    let installation = try await Installation.shared
    let forged = try await installation.reply(.connect, body("x.y.z"))
    let encoded = Data(header.utf8).base64EncodedString().replacing("=", with: "")
    let rest = try installation.token("alice").split(separator: ".").dropFirst().joined(separator: ".")
    #expect(try await installation.reply(.connect, body("\(encoded).\(rest)")) == forged)
  }

  @Test(
    "Without a token nobody connects",
    arguments: [
      #"{"client":"c"}"#, #"{"client":"c","data":{}}"#, #"{"client":"c","data":{"token":""}}"#,
      #"{"client":"c","data":[]}"#,
    ])
  func missing(body: String) async throws {
    #expect(try await Installation.shared.call(.connect, body).disconnectCode == 4502)
  }

  @Test("A token that is no string is a bad request")
  func wrongType() async throws {
    #expect(try await Installation.shared.call(.connect, #"{"client":"c","data":{"token":1}}"#).errorCode == 400)
  }

  @Test("Who is banned ends for good; a revoked token is invalid")
  func standing() async throws {
    let installation = try await Installation.shared
    try installation.run(
      """
      insert into proxyhooks.user_ban (user_id) values ('connect-banned');
      insert into proxyhooks.revoked_token (jti) values ('connect-jti');
      insert into proxyhooks.token_not_before values ('connect-reset', to_timestamp(1799999990))
      """)
    func code(_ user: String, _ more: String = "") async throws -> Int? {
      try await installation.call(.connect, body(installation.token(user, more))).disconnectCode
    }
    #expect(try await code("connect-banned") == 4503)
    #expect(try await code("alice", #""jti":"connect-jti""#) == 4501)
    #expect(try await code("connect-reset", #""iat":1799999989"#) == 4501)
    #expect(try await code("connect-reset") == 4501)
    #expect(try await code("connect-reset", #""iat":1799999990"#) == nil)
  }

  @Test("Too many connects of one user, or from one address, wait")
  func limits() async throws {
    let installation = try await Installation(policy: ["connect_user": "2/1h", "connect_address": "1/1h"])
    let token = try installation.token("limited-\(UUID().uuidString)")
    for _ in 0..<2 { #expect(try await installation.call(.connect, body(token)).result != nil) }
    let third = try await installation.call(.connect, body(token))
    #expect(third.errorCode == 429)
    #expect(third.isTemporary)

    let customer =
      "2001:db8:\(String(UInt16.random(in: 1 ... .max), radix: 16)):\(String(UInt16.random(in: 1 ... .max), radix: 16))"
    var codes: [Bool] = []
    for (number, address) in ["\(customer)::1", "\(customer):ffff::2"].enumerated() {
      var request = HookRequest(kind: .connect, id: "test", deadline: .after(milliseconds: 60_000))
      request.clientAddress = address
      request.authorization = "Bearer \(try installation.token("address-\(number)-\(UUID().uuidString)"))"
      if case .connect = await installation.hooks.answer(request) { codes.append(true) } else { codes.append(false) }
    }
    #expect(codes == [true, false])
  }
}
