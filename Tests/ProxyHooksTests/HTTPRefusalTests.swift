import Auth
import Testing

@testable import ProxyHooks

@Suite struct HTTPRefusalTests {
  @Test("A missing, wrong or repeated secret is a 401 before the body is looked at")
  func secrets() async throws {
    let right = "X-ProxyHooks-Secret: \(TestListener.secret)\r\n"
    let wrong = [
      "", "X-ProxyHooks-Secret: wrong\r\n", "X-ProxyHooks-Secret:\r\n", right + right,
      "X-ProxyHooks-Secret: \(TestListener.secret), \(TestListener.secret)\r\n",
      "X-ProxyHooks-Secret: \(TestListener.secret.dropLast())\r\n",
      "X-ProxyHooks-Secret: \(TestListener.secret.uppercased())\r\n",
      "x-proxyhooks-secret: wrong\r\n" + right, "X_ProxyHooks_Secret: \(TestListener.secret)\r\n",
    ]
    try await TestListener.serve { test in
      for headers in wrong {
        let bytes = "POST /centrifugo/publish HTTP/1.1\r\nHost: h\r\n\(headers)Content-Length: 5\r\n\r\nno{js"
        let result = try await test.exchange(bytes, until: .closed)
        #expect(result.statuses == [401])
        #expect(result.replies.first?.body == #"{"error":{"code":401,"message":"caller not known"}}"#)
        #expect(result.isClosed)
      }
      #expect(test.refused(401) == "\(wrong.count)")
      #expect(test.hooks.requests.isEmpty)
      let name = TestListener.post("rpc", "{}").replacing("X-ProxyHooks-Secret", with: "x-PROXYHOOKS-secret")
      #expect(try await test.exchange(name).statuses == [200])
    }
  }

  @Test("An unknown path is a 404, another method a 405 that names the right one")
  func paths() async throws {
    try await TestListener.serve { test in
      for path in [
        "/", "/centrifugo", "/centrifugo/", "/centrifugo/publish/", "/centrifugo/Publish", "/publish",
        "/centrifugo/publish?a=b", "/centrifugo/%70ublish", "//centrifugo/publish", "http://h/centrifugo/publish", "*",
      ] {
        let head = "POST \(path) HTTP/1.1\r\nHost: h\r\nX-ProxyHooks-Secret: \(TestListener.secret)\r\n"
        let result = try await test.exchange(head + "Content-Length: 2\r\n\r\n{}", until: .closed)
        #expect(result.statuses == [404], "\(path)")
      }
      for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
        let result = try await test.exchange(
          "\(method) /centrifugo/publish HTTP/1.1\r\nHost: h\r\n\r\n", until: .closed)
        #expect(result.statuses == [405], "\(method)")
        #expect(result.replies.first?.headers["allow"] == "POST")
      }
      let result = try await test.exchange("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\nabc", until: .closed)
      #expect(result.statuses == [404])
      #expect(result.isClosed)
    }
  }

  static let tooLarge = #"{"error":{"code":413,"message":"request too large"}}"#

  @Test("A body over the limit ends what refresh and sub_refresh ask about", arguments: ["refresh", "sub_refresh"])
  func tooLargeRefresh(hook: String) async throws {
    try await TestListener.serve { test in
      let body = String(repeating: "a", count: 70_000)
      let result = try await test.exchange(TestListener.post(hook, body), until: .closed)
      #expect(result.statuses == [200])
      #expect(result.replies.first?.body == #"{"result":{"expired":true}}"#)
    }
  }

  @Test("A body said to be over the limit is refused before it is sent, as the hook it is for")
  func contentLength() async throws {
    try await TestListener.serve { test in
      let head = "POST /centrifugo/publish HTTP/1.1\r\nHost: h\r\nX-ProxyHooks-Secret: \(TestListener.secret)\r\n"
      for length in ["65537", "10485760", "18446744073709551615"] {
        let client = try await RawClient(port: test.port)
        await client.send(head + "Content-Length: \(length)\r\n\r\n{")
        let result = await client.receive(until: .closed)
        #expect(result.replies.map(\.body) == [Self.tooLarge], "\(length)")
        #expect(result.statuses == [200] && result.isClosed)
      }
    }
  }

  @Test("A caller that sends a body over the limit without waiting still gets the refusal")
  func eager() async throws {
    try await TestListener.serve { test in
      let body = String(repeating: "a", count: 1_000_000)
      let result = try await test.exchange(TestListener.post("publish", body), until: .closed)
      #expect(result.replies.map(\.body) == [Self.tooLarge])
      #expect(!result.isReset)
      let chunked =
        "POST /centrifugo/publish HTTP/1.1\r\nHost: h\r\nX-ProxyHooks-Secret: \(TestListener.secret)\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: "4000\r\n\(body.prefix(0x4000))\r\n", count: 5)
      #expect(try await test.exchange(chunked, until: .closed).replies.map(\.body) == [Self.tooLarge])
      #expect(test.hooks.requests.isEmpty)
    }
  }

  @Test("A body of exactly the limit is read")
  func atLimit() async throws {
    try await TestListener.serve { test in
      let body = #"{"user":""# + String(repeating: "a", count: 65_536 - 11) + #""}"#
      #expect(body.utf8.count == 65_536)
      let result = try await test.exchange(TestListener.post("publish", body))
      #expect(result.statuses == [200])
      #expect(test.hooks.requests.count == 1)
    }
  }

  @Test("Heads over a limit are a 431")
  func heads() async throws {
    try await TestListener.serve { test in
      let heads = [
        TestListener.post("rpc", "{}", headers: "X-A: \(String(repeating: "a", count: 40_000))\r\n"),
        TestListener.post("rpc", "{}", headers: String(repeating: "X-A: a\r\n", count: 65)),
        "POST /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: h\r\n\r\n",
      ]
      for head in heads {
        let result = try await test.exchange(head, until: .closed)
        #expect(result.statuses == [431])
        #expect(result.isClosed)
      }
    }
  }

  @Test("A caller that waits for leave to send its body gets it, but not for a body that would be refused")
  func expectation() async throws {
    try await TestListener.serve { test in
      let whole = TestListener.post("rpc", #"{"method":"m"}"#, headers: "Expect: 100-continue\r\n")
      let client = try await RawClient(port: test.port)
      await client.send(String(whole.dropLast(14)))
      #expect(await client.receive().statuses == [100])
      await client.send(String(whole.suffix(14)))
      #expect(await client.receive().statuses == [200])
      #expect(test.hooks.requests.first?.method == "m")

      let stranger = "POST /centrifugo/rpc HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
      #expect(try await test.exchange(stranger, until: .closed).statuses == [401])
      let other = TestListener.post("rpc", "{}", headers: "Expect: 200-ok\r\n")
      #expect(try await test.exchange(other, until: .closed).statuses == [417])
    }
  }

  @Test("A connection over the limit is told so and closed; the others go on")
  func connections() async throws {
    try await TestListener.serve(settings: { $0.maximumConnections = 2 }) { test in
      let first = try await RawClient(port: test.port)
      let second = try await RawClient(port: test.port)
      await first.send(TestListener.post("rpc", "{}"))
      await second.send(TestListener.post("rpc", "{}"))
      #expect(await first.receive().statuses == [200])
      #expect(await second.receive().statuses == [200])
      let third = try await RawClient(port: test.port)
      let result = await third.receive(until: .closed)
      #expect(result.statuses == [503])
      #expect(result.isClosed)
      await first.send(TestListener.post("rpc", "{}"))
      #expect(await first.receive().statuses == [200])
      #expect(test.refused(503) == "1")
    }
  }

  @Test("The log can tell by which secret a caller is known, or that anybody is")
  func callers() async throws {
    for (isInsecure, name) in [(false, "secret"), (true, "anybody")] {
      try await TestListener.serve(insecure: isInsecure) { test in
        let result = try await test.exchange(TestListener.post("rpc", "{}"))
        #expect(result.statuses == [200])
        #expect(test.hooks.requests.map(\.caller) == [name])
      }
    }
    let both = try CallerSecrets([Array("a new secret, long enough".utf8), Array("the old one, long enough".utf8)])
    #expect(both.place(of: "a new secret, long enough".utf8) == 0)
    #expect(both.place(of: "the old one, long enough".utf8) == 1)
    #expect(both.place(of: "neither of them, long enough".utf8) == nil)
  }

  @Test("Strangers who fill all places give way to who comes after them, the oldest first; who was admitted stays")
  func strangers() async throws {
    try await TestListener.serve(settings: { $0.maximumConnections = 3 }) { test in
      let known = try await RawClient(port: test.port)
      await known.send(TestListener.post("rpc", "{}"))
      #expect(await known.receive().statuses == [200])
      var strangers: [RawClient] = []
      for _ in 0..<2 {
        strangers.append(try await RawClient(port: test.port))
        // Two event loops take connections up: the second waits for the first.
        let open = "proxyhooks_http_connections \(strangers.count + 1)"
        #expect(await eventually { test.metrics.text.contains(open) })
        await strangers.last?.send("POST /centrifugo/rpc HTTP/1.1\r\n")
      }
      let late = try await RawClient(port: test.port)
      #expect(await strangers[0].receive(until: .closed).isClosed)
      await late.send(TestListener.post("rpc", "{}"))
      #expect(await late.receive().statuses == [200])
      await strangers[1].send("Host: h\r\nContent-Length: 0\r\n\r\n")
      #expect(await strangers[1].receive(until: .closed).statuses == [401], "the younger one was not cut")
      await known.send(TestListener.post("rpc", "{}"))
      #expect(await known.receive().statuses == [200])
    }
  }

  @Test("A request over the number being answered is refused at once, on a connection that stays")
  func inFlight() async throws {
    let gate = Gate()
    let hooks = ScriptedHooks { _ in
      await gate.wait()
      return .error(.denied)
    }
    try await TestListener.serve(hooks: hooks, settings: { $0.maximumInFlight = 1 }) { test in
      let first = try await RawClient(port: test.port)
      let second = try await RawClient(port: test.port)
      await first.send(TestListener.post("rpc", "{}"))
      #expect(await eventually { hooks.requests.count == 1 })
      await second.send(TestListener.post("rpc", "{}"))
      let refused = await second.receive()
      #expect(
        refused.replies.map(\.body) == [#"{"error":{"code":503,"message":"service unavailable","temporary":true}}"#])
      #expect(refused.statuses == [200] && !refused.isClosed)
      gate.open()
      #expect(await first.receive().statuses == [200])
      await second.send(TestListener.post("rpc", "{}"))
      #expect(await second.receive().statuses == [200])
    }
  }

  @Test("No refusal is an empty object or has a result, and each is one that Centrifugo takes for a failure")
  func bodies() {
    for refusal in HTTPRefusal.allCases {
      #expect("\(refusal.body)".hasPrefix(#"{"error":{"code":\#(refusal.status.rawValue),"message":""#))
      #expect(!"\(refusal.body)".contains("result"))
      #expect(refusal.status != .ok)
    }
  }
}
