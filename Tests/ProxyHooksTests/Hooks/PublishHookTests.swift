import Foundation
import Testing

@testable import ProxyHooks
@testable import Storage

func uuid() -> String { UUID().uuidString.lowercased() }

@Suite("publish")
struct PublishHookTests {
  @Test("A message is stored and answered with what everybody gets and a key")
  func stored() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let id = uuid()
    let reply = try await installation.publish(#"{"id":"\#(id)","kind":"text","text":"\u003cb\u003e é 🚗"}"#, in: match)
    #expect(Set(try #require(reply.result).keys) == ["data", "idempotency_key"])
    let data = try #require(reply.data)
    #expect(data["id"] as? String == id)
    #expect(data["seq"] as? Int == 1)
    #expect(data["text"] as? String == "<b> é 🚗")
    let key = try #require(reply.result?["idempotency_key"] as? String)
    let row = try installation.run(
      "select text, idempotency_key from proxyhooks.message where match_id = '\(match)' and seq = 1")
    #expect(row.text(0, 0) == "<b> é 🚗")
    #expect(row.text(0, 1) == key)
  }

  @Test("Sent again it is answered with the same bytes; with another content it is a conflict")
  func again() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let id = uuid()
    func body(_ text: String, _ user: String = "alice") -> String {
      #"{"client":"c","user":"\#(user)","channel":"match:\#(match)","data":{"id":"\#(id)","kind":"text","text":"\#(text)"}}"#
    }
    let first = try await installation.reply(.publish, body("one"))
    #expect(try await installation.reply(.publish, body("one")) == first)
    #expect(try await installation.call(.publish, body("two")).errorCode == 409)
    #expect(try await installation.call(.publish, body("one", "bob")).errorCode == 409)
    let count = try installation.run("select count(*) from proxyhooks.message where match_id = '\(match)'")
    #expect(count.integer(0, 0) == 1)
  }

  @Test("Binary encoding carries the same message", arguments: [true, false])
  func binary(location: Bool) async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let payload =
      location
      ? #"{"id":"\#(uuid())","kind":"location","lat":59.5,"lon":-30}"#
      : #"{"id":"\#(uuid())","kind":"text","text":"hi"}"#
    let reply = try await installation.call(
      .publish,
      #"{"client":"c","encoding":"binary","user":"alice","channel":"match:\#(match)","b64data":"\#(Data(payload.utf8).base64EncodedString())"}"#
    )
    let bytes = try #require((reply.result?["b64data"] as? String).flatMap { Data(base64Encoded: $0) })
    let message = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    #expect(message["seq"] as? Int == 1)
    #expect(location ? message["lat"] as? Double == 59.5 : message["text"] as? String == "hi")
  }

  /// Each names its field, leaves no row, and takes no number.
  static let hostile: [(String, Int)] = {
    let id = #""id":"11111111-2222-3333-4444-555555555555""#
    let kind = #""kind":"text""#
    let text = #""text":"x""#
    func long(_ count: Int) -> String { String(repeating: "a", count: count) }
    return [
      ("null", 400), ("[]", 400), ("1", 400), (#""text""#, 400), ("{}", 1001),
      (#"{\#(kind),\#(text)}"#, 1001), (#"{"id":1,\#(kind),\#(text)}"#, 1001),
      (#"{"id":null,\#(kind),\#(text)}"#, 1001),
      (#"{"id":"not-a-uuid",\#(kind),\#(text)}"#, 1001), (#"{"id":"",\#(kind),\#(text)}"#, 1001),
      (#"{"id":"11111111-2222-3333-4444-55555555555\u0000",\#(kind),\#(text)}"#, 1001),
      (#"{"id":"11111111222233334444555555555555",\#(kind),\#(text)}"#, 1001),
      (#"{\#(id),\#(id),\#(kind),\#(text)}"#, 1001),
      (#"{\#(id),\#(text)}"#, 1002), (#"{\#(id),"kind":"image",\#(text)}"#, 1002),
      (#"{\#(id),"kind":1,\#(text)}"#, 1002),
      (#"{\#(id),"kind":"TEXT",\#(text)}"#, 1002), (#"{\#(id),\#(kind),"kind":"text",\#(text)}"#, 1002),
      (#"{\#(id),\#(kind)}"#, 1003), (#"{\#(id),\#(kind),"text":1}"#, 1003), (#"{\#(id),\#(kind),"text":null}"#, 1003),
      (#"{\#(id),\#(kind),"text":["x"]}"#, 1003), (#"{\#(id),\#(kind),"text":""}"#, 1003),
      (#"{\#(id),\#(kind),"text":" \n\t\u00a0\u3000"}"#, 1003), (#"{\#(id),\#(kind),"text":"a\u0000b"}"#, 1003),
      (#"{\#(id),\#(kind),"text":"\u200b\u3164\ufeff"}"#, 1003),
      (#"{\#(id),\#(kind),"text":"a\u0007b"}"#, 1003), (#"{\#(id),\#(kind),"text":"a\u007fb"}"#, 1003),
      (#"{\#(id),\#(kind),"text":"a\u0085b"}"#, 1003), (#"{\#(id),\#(kind),"text":"a\uffffb"}"#, 1003),
      (#"{\#(id),\#(kind),"text":"\ud800"}"#, 1003), (#"{\#(id),\#(kind),"text":"\ud83d\ud83d"}"#, 1003),
      (#"{\#(id),\#(kind),"text":"\x"}"#, 1003), (#"{\#(id),\#(kind),\#(text),"text":"y"}"#, 1003),
      (#"{\#(id),\#(kind),\#(text),"te\u0078t":"y"}"#, 1003), (#"{\#(id),\#(kind),"text":"\#(long(2001))"}"#, 1004),
      (#"{\#(id),\#(kind),\#(text),"extra":1}"#, 422), (#"{\#(id),\#(kind),\#(text),"lat":1}"#, 422),
      (#"{\#(id),\#(kind),\#(text),"sender":"bob"}"#, 422), (#"{\#(id),\#(kind),\#(text),"seq":1}"#, 422),
      (#"{\#(id),"kind":"location"}"#, 1005), (#"{\#(id),"kind":"location","lat":1}"#, 1006),
      (#"{\#(id),"kind":"location","lat":90.0000001,"lon":0}"#, 1005),
      (#"{\#(id),"kind":"location","lat":-91,"lon":0}"#, 1005),
      (#"{\#(id),"kind":"location","lat":"1","lon":0}"#, 1005),
      (#"{\#(id),"kind":"location","lat":1e999,"lon":0}"#, 1005),
      (#"{\#(id),"kind":"location","lat":01,"lon":0}"#, 1005),
      (#"{\#(id),"kind":"location","lat":0,"lon":180.1}"#, 1006),
      (#"{\#(id),"kind":"location","lat":0,"lon":true}"#, 1006),
      (#"{\#(id),"kind":"location","lat":0,"lon":0,"text":"x"}"#, 422),
      (#"{\#(id),\#(kind),\#(text)"#, 400), (#"{\#(id),\#(kind),\#(text),}"#, 400), (#"{'id':1}"#, 400),
      (String(repeating: "[", count: 1_000), 400), (String(repeating: #"{"a":"#, count: 40), 400),
    ]
  }()

  @Test("Bad input is refused with a code that names the field, and nothing is stored", arguments: hostile)
  func hostileInput(data: String, code: Int) async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let reply = try await installation.publish(data, in: match)
    #expect(reply.errorCode == code)
    #expect(!reply.isTemporary)
    // The same bytes in binary encoding are refused alike.
    let binary = try await installation.call(
      .publish,
      #"{"client":"c","encoding":"binary","user":"alice","channel":"match:\#(match)","b64data":"\#(Data(data.utf8).base64EncodedString())"}"#
    )
    #expect(binary.errorCode == code)
    let row = try installation.run(
      "select last_seq, (select count(*) from proxyhooks.message where match_id = r.match_id) from proxyhooks.chat_room r where match_id = '\(match)'"
    )
    #expect((row.integer(0, 0), row.integer(0, 1)) == (0, 0))
  }

  @Test("Broken UTF-8 in the text names the text")
  func brokenUTF8() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]] {
      let payload = Array(#"{"id":"\#(uuid())","kind":"text","text":"a"#.utf8) + bytes + Array(#""}"#.utf8)
      let reply = try await installation.call(
        .publish,
        #"{"client":"c","encoding":"binary","user":"alice","channel":"match:\#(match)","b64data":"\#(Data(payload).base64EncodedString())"}"#
      )
      #expect(reply.errorCode == 1003)
    }
  }

  @Test("The longest text that is allowed, of the widest characters, is stored whole")
  func longest() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let text = String(repeating: "🚗", count: 2_000)
    let reply = try await installation.publish(#"{"id":"\#(uuid())","kind":"text","text":"\#(text)"}"#, in: match)
    #expect(reply.data?["text"] as? String == text)
  }

  @Test("Nobody but a member who may write writes, subscribed or not")
  func membership() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    func code(_ user: String, _ channel: String? = nil) async throws -> Int? {
      try await installation.call(
        .publish,
        #"{"client":"c","user":"\#(user)","channel":"\#(channel ?? "match:" + match)","data":{"id":"\#(uuid())","kind":"text","text":"x"}}"#
      ).errorCode
    }
    #expect(try await code("alice") == nil)
    #expect(try await code("mallory") == 403)
    #expect(try await code("") == 403)
    #expect(try await code("alice", "match:no-such-match") == 403)
    #expect(try await code("alice", "user:alice") == 403)
    #expect(try await code("alice", match) == 403)
    try installation.run(
      "update proxyhooks.match_member set muted_at = now() where match_id = '\(match)' and user_id = 'alice'")
    #expect(try await code("alice") == 450)
    #expect(try await code("bob") == nil)
    try installation.run("update proxyhooks.route_match set state = 'closed' where id = '\(match)'")
    #expect(try await code("bob") == 451)
    #expect(try await code("mallory") == 403)
    try installation.run(
      "update proxyhooks.match_member set left_at = now() where match_id = '\(match)' and user_id = 'bob'")
    #expect(try await code("bob") == 403)
  }

  @Test("A burst of 25 messages passes; over the room's limit one waits, elsewhere one may still write")
  func limits() async throws {
    let installation = try await Installation(policy: ["publish_room": "40/1h", "publish_user": "60/1h"])
    let match = try installation.newMatch()
    let person = "burst-\(uuid())"
    try installation.run(
      "insert into proxyhooks.match_member (match_id, user_id, role) values ('\(match)', '\(person)', 'rider')")
    func send(to match: String) async throws -> [String: Any] {
      try await installation.publish(#"{"id":"\#(uuid())","kind":"text","text":"x"}"#, as: person, in: match)
    }
    for _ in 0..<25 { #expect(try await send(to: match).result != nil) }
    var last = try await send(to: match)
    for _ in 0..<60 where last.errorCode == nil { last = try await send(to: match) }
    #expect(last.errorCode == 429)
    #expect(last.isTemporary)
    let other = try installation.newMatch()
    try installation.run(
      "insert into proxyhooks.match_member (match_id, user_id, role) values ('\(other)', '\(person)', 'rider')")
    #expect(try await send(to: other).result != nil)
  }
}
