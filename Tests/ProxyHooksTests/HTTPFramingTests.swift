import Testing

@testable import ProxyHooks

/// Bytes that two readers could cut into messages at different places, or that are none.
@Suite struct HTTPFramingTests {
  static let head = "POST /centrifugo/publish HTTP/1.1\r\nHost: h\r\nX-ProxyHooks-Secret: \(TestListener.secret)\r\n"
  static let refused: [(what: String, bytes: String)] = [
    ("Content-Length and Transfer-Encoding", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("Transfer-Encoding and Content-Length", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"),
    ("two equal Content-Lengths", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
    ("two different Content-Lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    ("a list as Content-Length", "Content-Length: 2, 2\r\n\r\n{}"),
    ("a signed Content-Length", "Content-Length: +2\r\n\r\n{}"),
    ("a negative Content-Length", "Content-Length: -2\r\n\r\n{}"),
    ("a hexadecimal Content-Length", "Content-Length: 0x2\r\n\r\n{}"),
    ("an empty Content-Length", "Content-Length: \r\n\r\n{}"),
    ("a Content-Length beyond 64 bits", "Content-Length: 99999999999999999999\r\n\r\n{}"),
    ("a space before the colon", "Content-Length : 2\r\n\r\n{}"),
    ("a bare line feed after a header", "X-A: b\nContent-Length: 2\r\n\r\n{}"),
    ("a bare line feed as the head's end", "Content-Length: 2\r\n\n{}"),
    ("a bare carriage return", "X-A: b\rContent-Length: 2\r\n\r\n{}"),
    ("a folded header", "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}"),
    ("a folded Content-Length", "Content-Length:\r\n 2\r\n\r\n{}"),
    ("a folded Transfer-Encoding", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    ("a header without a name", ": x\r\nContent-Length: 2\r\n\r\n{}"),
    ("a NUL in a header", "X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}"),
    ("a control character in a header", "X-A: a\u{1}b\r\nContent-Length: 2\r\n\r\n{}"),
    ("a coding before chunked", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("a coding after chunked", "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
    ("identity", "Transfer-Encoding: identity\r\n\r\n"),
    ("an empty Transfer-Encoding", "Transfer-Encoding: \r\n\r\n0\r\n\r\n"),
    ("a coding that ends in chunked", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("a vertical tab before chunked", "Transfer-Encoding: \u{B}chunked\r\n\r\n0\r\n\r\n"),
    ("two Hosts", "Host: i\r\nContent-Length: 2\r\n\r\n{}"),
    ("a Content-Length of two numbers", "Content-Length: 2 2\r\n\r\n{}"),
    ("a Content-Length with a unit", "Content-Length: 2b\r\n\r\n{}"),
    ("a Content-Length of other digits", "Content-Length: \u{662}\r\n\r\n{}"),
    ("a Content-Length after a vertical tab", "Content-Length: \u{B}2\r\n\r\n{}"),
    ("a Content-Length before a NUL", "Content-Length: 2\0\r\n\r\n{}"),
    ("identity after chunked", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
    ("chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"),
    ("chunked as a list with nothing", "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"),
    ("chunked before a space", "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n"),
    ("chunked in quotes", "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
    ("a space before Transfer-Encoding's colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    ("a tab before Transfer-Encoding's colon", "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"),
    ("a space before Transfer-Encoding", "X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("a NUL in a name", "X-A\0B: c\r\nContent-Length: 2\r\n\r\n{}"),
    ("a space in a name", "X A: c\r\nContent-Length: 2\r\n\r\n{}"),
    ("a DEL in a header", "X-A: a\u{7F}b\r\nContent-Length: 2\r\n\r\n{}"),
    ("a header without a colon", "X-A\r\nContent-Length: 2\r\n\r\n{}"),
    ("a bare carriage return as the head's end", "Content-Length: 2\r\n\r{}"),
    ("two carriage returns", "Content-Length: 2\r\r\n\r\n{}"),
    ("a chunk extension", "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n"),
    ("a chunk extension without a name", "Transfer-Encoding: chunked\r\n\r\n2;\r\n{}\r\n0\r\n\r\n"),
    ("an extension of the last chunk", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0;a\r\n\r\n"),
    ("a space after a chunk size", "Transfer-Encoding: chunked\r\n\r\n2 \r\n{}\r\n0\r\n\r\n"),
    ("a space before a chunk size", "Transfer-Encoding: chunked\r\n\r\n 2\r\n{}\r\n0\r\n\r\n"),
    ("a tab after a chunk size", "Transfer-Encoding: chunked\r\n\r\n2\t\r\n{}\r\n0\r\n\r\n"),
    ("a chunk size of nine digits", "Transfer-Encoding: chunked\r\n\r\n000000002\r\n{}\r\n0\r\n\r\n"),
    ("a bare carriage return after a chunk size", "Transfer-Encoding: chunked\r\n\r\n2\r{}\r\n0\r\n\r\n"),
    ("a chunk shorter than it says", "Transfer-Encoding: chunked\r\n\r\n3\r\n{}\r\n0\r\n\r\n"),
    ("a bare line feed after the last chunk", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\n\r\n"),
    ("a bare line feed as the body's end", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\n"),
    ("a trailer", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-T: 1\r\n\r\n"),
    ("a chunk size of letters", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    ("a chunk size with 0x", "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n"),
    ("a signed chunk size", "Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n"),
    ("a negative chunk size", "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n"),
    ("a chunk size beyond 64 bits", "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n"),
    ("no chunk size", "Transfer-Encoding: chunked\r\n\r\n\r\n{}\r\n0\r\n\r\n"),
    ("a bare line feed after a chunk size", "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n"),
    ("a bare line feed in a chunk extension", "Transfer-Encoding: chunked\r\n\r\n2;a\n{}\r\n0\r\n\r\n"),
    ("a bare line feed after a chunk", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\n0\r\n\r\n"),
    ("a chunk longer than it says", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n"),
    ("a Content-Length in the trailer", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n"),
  ]

  @Test("A message whose end is in doubt is refused and nothing after it is read", arguments: refused.indices)
  func smuggling(index: Int) async throws {
    let (what, bytes) = Self.refused[index]
    let smuggled = TestListener.post("rpc", #"{"method":"smuggled"}"#)
    try await TestListener.serve { test in
      let result = try await test.exchange(Self.head + bytes + smuggled, until: .closed)
      #expect(result.statuses == [400], "\(what)")
      #expect(result.replies.first?.headers["connection"] == "close", "\(what)")
      #expect(result.isClosed, "\(what)")
      #expect(test.hooks.requests.isEmpty, "\(what)")
    }
  }

  static let noRequests = [
    "POST /centrifugo/publish HTTP/1.1\n",
    "POST /centrifugo/publish HTTP/2.0\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish HTTP/1.2\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish http/1.1\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish HTTP/1.1 \r\nHost: h\r\n\r\n",
    "POST\t/centrifugo/publish HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /centrifugo/pub lish HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish\0 HTTP/1.1\r\nHost: h\r\n\r\n",
    "post /centrifugo/publish HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish HTTP/1.1\r\n\r\n",
    "POST /centrifugo/publish HTTP/1.1\r\n Host: h\r\n\r\n",
    "POST /centrifugo/publish HTTP/1.1\r\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish\rX: y HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish HTTP/01.1\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish HTTP/1.1\u{0}\r\nHost: h\r\n\r\n",
    "POST\u{0} /centrifugo/publish HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /centrifugo/publish HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET /centrifugo/publish\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}",
  ]

  @Test("What is no HTTP/1 request is refused and closed", arguments: noRequests)
  func noRequest(bytes: String) async throws {
    try await TestListener.serve(insecure: true) { test in
      let result = try await test.exchange(bytes, until: .closed)
      #expect(result.statuses == [400])
      #expect(result.isClosed)
      #expect(test.refused(400) == "1")
    }
  }

  @Test("A chunked body is read whole, at once and in single bytes, and another request may follow")
  func chunked() async throws {
    try await TestListener.serve { test in
      let body = #"{"user":"42","channel":"c"}"#
      let good =
        Self.head + "Transfer-Encoding: \tChunked\r\n\r\n5\r\n\(body.prefix(5))\r\n"
        + "016\r\n\(body.dropFirst(5))\r\n0\r\n\r\n"
      let client = try await RawClient(port: test.port)
      await client.send(good + good)
      #expect(await client.receive(until: .replies(2)).statuses == [200, 200])
      for byte in good.utf8 { await client.send([byte]) }
      await client.send(TestListener.post("publish", body))
      let result = await client.receive(until: .replies(2))
      #expect(result.statuses == [200, 200])
      #expect(!result.isClosed)
      #expect(test.hooks.requests.map(\.user) == ["42", "42", "42", "42"])
    }
  }

  @Test("A line end before a request is passed over, an empty head is not")
  func emptyLines() async throws {
    try await TestListener.serve { test in
      #expect(try await test.exchange("\r\n" + TestListener.post("rpc", "{}")).statuses == [200])
      let result = try await test.exchange("\r\n\r\n" + TestListener.post("rpc", "{}"), until: .closed)
      #expect(result.statuses == [400])
      #expect(test.hooks.requests.count == 1)
    }
  }

  @Test("A good request before a smuggled one on its connection is answered, the other refused, nothing after it read")
  func second() async throws {
    try await TestListener.serve { test in
      let good = TestListener.post("rpc", "{}")
      let bad = Self.head + "Transfer-Encoding: chunked\r\n\r\n2;x\r\n{}\r\n0\r\n\r\n"
      let result = try await test.exchange(good + bad + good, until: .closed)
      #expect(result.statuses == [200, 400])
      #expect(test.hooks.requests.count == 1)
      #expect(test.refused(400) == "1")
    }
  }

  static let hosts = ["h, i", "h i", "h/i", "u@h", "h,", "h\\i", "h?i", "h#i", "\"h\"", "<h>"]

  @Test("A Host that is none is refused; an empty one, a name, an address and a port are not", arguments: hosts)
  func host(wrong: String) async throws {
    try await TestListener.serve { test in
      let good = TestListener.post("rpc", "{}")
      for host in ["", "H.example:80", "127.0.0.1", "[::1]:8080", "h_i", "a%20b"] {
        let request = good.replacing("Host: h\r\n", with: "Host: \(host)\r\n")
        let result = try await test.exchange(request)
        #expect(result.statuses == [200], "\(host)")
      }
      let request = good.replacing("Host: h\r\n", with: "Host: \(wrong)\r\n")
      let result = try await test.exchange(request, until: .closed)
      #expect(result.statuses == [400])
    }
  }

  @Test("An HTTP/1.0 request is answered and the connection closed, whatever it asks for")
  func http10() async throws {
    try await TestListener.serve(insecure: true) { test in
      let request = "POST /centrifugo/rpc HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
      let result = try await test.exchange(request, until: .closed)
      #expect(result.statuses == [200])
      #expect(result.isClosed)
    }
  }

  @Test("A request to change the protocol is answered as if it had not asked, and the connection closed")
  func upgrade() async throws {
    try await TestListener.serve { test in
      let headers = "Connection: upgrade\r\nUpgrade: h2c\r\n"
      let bytes = TestListener.post("rpc", "{}", headers: headers) + TestListener.post("rpc", "{}")
      let result = try await test.exchange(bytes, until: .closed)
      #expect(result.statuses == [200])
      #expect(result.isClosed)
      #expect(test.hooks.requests.count == 1)
    }
  }

  @Test("Heads cut at every byte, and bytes changed at every place, end no process")
  func mutations() async throws {
    let whole = Array((Self.head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-T: 1\r\n\r\n").utf8)
    try await TestListener.serve { test in
      for place in whole.indices {
        for change: UInt8 in [0, 0x0A, 0x20, 0xFF] {
          var bytes = whole
          bytes[place] = change
          let client = try await RawClient(port: test.port)
          await client.send(bytes)
          client.finish()
        }
        let client = try await RawClient(port: test.port)
        await client.send(Array(whole[..<place]))
        client.finish()
      }
      let result = try await test.exchange(TestListener.post("rpc", "{}"))
      #expect(result.statuses == [200])
    }
  }
}
