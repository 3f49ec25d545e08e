import StrictJSON
import Testing

@testable import ProxyHooks

@Suite struct HTTPReplyTests {
  private func json(
    _ reply: HookReply, _ kind: HookKind, _ encoding: HookRequest.Encoding = .json
  ) -> String {
    String(decoding: reply.json(for: kind, encoding: encoding), as: UTF8.self)
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private var connect: HookReply.Connect {
    .init(
      user: "alice", expireAt: 1_700_000_000, info: bytes(#"{"n":1}"#), meta: bytes(#"{"s":"x"}"#),
      channels: ["user:alice"])
  }

  @Test("An allowed connection is spelled as Centrifugo reads it")
  func connection() {
    #expect(
      json(.connect(connect), .connect)
        == #"{"result":{"user":"alice","expire_at":1700000000,"info":{"n":1},"meta":{"s":"x"},"subs":{"user:alice":{}}}}"#
    )
    #expect(
      json(.connect(connect), .connect, .binary)
        == #"{"result":{"user":"alice","expire_at":1700000000,"b64info":"eyJuIjoxfQ==","meta":{"s":"x"},"subs":{"user:alice":{}}}}"#
    )
  }

  @Test("An allowed subscription, publication and rpc are spelled as Centrifugo reads them")
  func results() {
    let subscribe = HookReply.subscribe(.init(expireAt: 1_700_000_000, info: bytes("{}"), data: bytes("[1]")))
    #expect(json(subscribe, .subscribe) == #"{"result":{"expire_at":1700000000,"info":{},"data":[1]}}"#)
    #expect(
      json(subscribe, .subscribe, .binary) == #"{"result":{"expire_at":1700000000,"b64info":"e30=","b64data":"WzFd"}}"#)
    let publish = HookReply.publish(.init(data: bytes(#"{"t":1.0}"#), idempotencyKey: "k"))
    #expect(json(publish, .publish) == #"{"result":{"data":{"t":1.0},"idempotency_key":"k"}}"#)
    #expect(json(publish, .publish, .binary) == #"{"result":{"b64data":"eyJ0IjoxLjB9","idempotency_key":"k"}}"#)
    let rpc = HookReply.rpc(.init(data: bytes("[]")))
    #expect(json(rpc, .rpc) == #"{"result":{"data":[]}}"#)
    #expect(json(rpc, .rpc, .binary) == #"{"result":{"b64data":"W10="}}"#)
  }

  @Test(
    "A refresh goes on or has expired, and an error is the same as expired", arguments: [HookKind.refresh, .subRefresh])
  func refreshes(kind: HookKind) {
    func reply(_ refresh: HookReply.Refresh) -> HookReply {
      kind == .refresh ? .refresh(refresh) : .subRefresh(refresh)
    }
    let expired = #"{"result":{"expired":true}}"#
    #expect(json(reply(.goesOn(expireAt: 1_700_000_000)), kind) == #"{"result":{"expire_at":1700000000}}"#)
    #expect(json(reply(.expired), kind) == expired)
    #expect(json(reply(.goesOn(expireAt: 0)), kind) == expired)
    #expect(json(reply(.goesOn(expireAt: -1)), kind) == expired)
    #expect(json(.error(.unavailable), kind) == expired)
    #expect(json(.disconnect(.banned), kind) == expired)
  }

  @Test("Errors and disconnects are spelled with number and text, an outage alone as temporary")
  func refusals() {
    #expect(json(.error(.denied), .subscribe) == #"{"error":{"code":403,"message":"permission denied"}}"#)
    #expect(
      json(.error(.unavailable), .publish)
        == #"{"error":{"code":503,"message":"service unavailable","temporary":true}}"#)
    #expect(
      json(.disconnect(.tokenInvalid), .connect) == #"{"disconnect":{"code":4501,"reason":"token invalid"}}"#)
    #expect(json(.error(.banned), .connect) == #"{"disconnect":{"code":4503,"reason":"banned"}}"#)
  }

  @Test("A reply that says less than an allowing one must, or answers another hook, allows nothing")
  func incomplete() throws {
    var anonymous = connect
    anonymous.user = ""
    var forEver = connect
    forEver.expireAt = 0
    let replies: [HookReply] = [
      .connect(anonymous), .connect(forEver), .subscribe(.init(expireAt: 0, info: [], data: [])),
      .publish(.init(data: [], idempotencyKey: "k")), .publish(.init(data: bytes("{}"), idempotencyKey: "")),
      .rpc(.init(data: [])),
    ]
    for (reply, kind) in zip(replies, [HookKind.connect, .connect, .subscribe, .publish, .publish, .rpc]) {
      #expect(json(reply, kind) == #"{"error":{"code":503,"message":"service unavailable","temporary":true}}"#)
    }
    let whole: [(HookReply, HookKind)] = [
      (.connect(connect), .connect), (.refresh(.goesOn(expireAt: 1)), .refresh),
      (.subscribe(.init(expireAt: 1, info: [], data: [])), .subscribe),
      (.subRefresh(.goesOn(expireAt: 1)), .subRefresh),
      (.publish(.init(data: bytes("{}"), idempotencyKey: "k")), .publish), (.rpc(.init(data: bytes("{}"))), .rpc),
    ]
    for (reply, own) in whole {
      for kind in HookKind.allCases where kind != own {
        let other = try JSON.parse(reply.json(for: kind, encoding: .json))
        let isRefresh = kind == .refresh || kind == .subRefresh
        #expect(isRefresh ? other["result"]?["expired"]?.bool == true : other["error"]?["code"]?.integer == 503)
      }
    }
  }

  @Test("Every code reaches every hook in a form and range that Centrifugo takes", arguments: Code.all)
  func codes(code: Code) throws {
    for kind in HookKind.allCases {
      for reply in [HookReply.error(code), .disconnect(code)] {
        let json = try JSON.parse(reply.json(for: kind, encoding: .json))
        if kind == .refresh || kind == .subRefresh {
          #expect(json["result"]?["expired"]?.bool == true)
        } else if let error = json["error"]?["code"]?.integer {
          #expect((400...1_999).contains(error))
        } else {
          let number = try #require(json["disconnect"]?["code"]?.integer)
          #expect((4_000...4_999).contains(number))
        }
      }
    }
  }

  @Test("A reply is one HTTP message with its length, and the day it was made")
  func message() async throws {
    let hooks = ScriptedHooks { _ in .rpc(.init(data: Array("[1]".utf8))) }
    try await TestListener.serve(hooks: hooks) { test in
      let result = try await test.exchange(TestListener.post("rpc", "{}"))
      let reply = try #require(result.replies.first)
      #expect(result.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(reply.body == #"{"result":{"data":[1]}}"#)
      #expect(reply.headers["content-type"] == "application/json")
      #expect(reply.headers["content-length"] == "23")
      #expect(reply.headers["connection"] == nil)
      #expect(reply.headers["date"]?.hasSuffix(" GMT") == true)
    }
  }

  @Test("A reply larger than the socket's buffer arrives whole, also as the connection's last")
  func large() async throws {
    let data = Array(("[" + String(repeating: "1,", count: 2_000_000) + "1]").utf8)
    let hooks = ScriptedHooks { _ in .rpc(.init(data: data)) }
    try await TestListener.serve(hooks: hooks) { test in
      for headers in ["", "Connection: close\r\n"] {
        let result = try await test.exchange(
          TestListener.post("rpc", "{}", headers: headers), until: headers.isEmpty ? .silence(2_000) : .closed)
        #expect(result.text.utf8.count > data.count)
        #expect(result.text.hasSuffix(",1]}}"))
        #expect(result.isClosed == !headers.isEmpty)
      }
      let client = try await RawClient(port: test.port)
      await client.send(TestListener.post("rpc", "{}"))
      client.finish()
      let result = await client.receive(until: .closed)
      #expect(result.text.hasSuffix(",1]}}"))
      #expect(result.isClosed)
    }
  }
}
