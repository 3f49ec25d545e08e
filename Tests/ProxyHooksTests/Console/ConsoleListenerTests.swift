import NIOPosix
import Testing

@testable import ProxyHooks

@Suite struct ConsoleListenerTests {
  private static let paths = ConsolePage.allCases.map(\.rawValue) + [ConsoleRoute.stylePath]

  @Test("Where the console is off its paths are none, with the token or without")
  func off() async throws {
    try await TestConsole.serve(isOn: false) { console async throws in
      for path in Self.paths {
        #expect(try await console.get(path).status == 404)
        #expect(try await console.get(path, headers: "").status == 404)
      }
      #expect(try await console.get("/healthz", headers: "").status == 200)
    }
  }

  @Test("Without the token nothing is shown, and the browser is told to ask for it")
  func noToken() async throws {
    try await TestConsole.serve { console async throws in
      for path in Self.paths + ["/console?nonsense", "/console/decisions?user=a"] {
        for method in ["GET", "POST"] {
          let reply = try await console.get(path, method: method, headers: "")
          #expect(reply.status == 401)
          #expect(reply.headers["www-authenticate"] == "Basic realm=\"ProxyHooks console\", charset=\"UTF-8\"")
          #expect(!reply.body.contains("<"))
        }
      }
      #expect(try await console.get("/console", headers: TestConsole.basic("some other token")).status == 401)
      #expect(try await console.get("/healthz", headers: "").status == 200)
    }
  }

  @Test("After too many wrong tokens the answer is 429, and the probes go on")
  func tooMany() async throws {
    try await TestConsole.serve { console async throws in
      for _ in 0..<10 { _ = try await console.get("/console", headers: TestConsole.basic("some other token")) }
      let reply = try await console.get("/console")
      #expect(reply.status == 429 && reply.headers["retry-after"] == "10" && !reply.body.contains("<"))
      #expect(try await console.get("/healthz", headers: "").status == 200)
    }
  }

  @Test("With the token every page comes, with headers that let a browser do nothing but show it")
  func pages() async throws {
    try await TestConsole.serve { console async throws in
      for path in Self.paths {
        let reply = try await console.get(path)
        #expect(reply.status == 200)
        #expect(
          reply.headers["content-type"] == (path == ConsoleRoute.stylePath ? "text/css" : "text/html")
            + "; charset=utf-8")
        let policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        #expect(reply.headers["content-security-policy"] == policy)
        #expect(reply.headers["x-content-type-options"] == "nosniff")
        #expect(reply.headers["referrer-policy"] == "no-referrer")
        #expect(reply.headers["cache-control"] == "no-store")
        #expect(reply.headers["cross-origin-resource-policy"] == "same-origin")
        #expect(reply.headers["set-cookie"] == nil)
        #expect(try await console.get(path, method: "POST").status == 405)
      }
      #expect(try await console.get("/console").body.contains("no: a part that it needs is down"))
    }
  }

  @Test("A query that can't be read is refused with a page that says why")
  func queries() async throws {
    try await TestConsole.serve { console async throws in
      for query in ["user=%zz", "nonsense=1", "user=a&user=b", "user=\(String(repeating: "a", count: 300))"] {
        let reply = try await console.get("/console/decisions?\(query)")
        #expect(reply.status == 400 && reply.body.contains("The address can’t be read."))
      }
      #expect(try await console.get("/console?user=a").status == 400)
    }
  }

  @Test("A decision is found and explained, and one that is no longer kept is not made up")
  func decisions() async throws {
    try await TestConsole.serve { console async throws in
      console.ring.add(.test(id: "r-1", user: "mallory", facts: .init(role: nil, match: .open)))
      #expect(try await console.get("/console/decisions").body.contains("mallory"))
      let reply = try await console.get("/console/explain?id=r-1")
      #expect(reply.body.contains("stopped here: not_a_member"))
      #expect(try await console.get("/console/explain?id=r-2").body.contains("There is no decision of that request"))
    }
  }

  @Test("Without a database the question says so, and facts can be asked on all the same")
  func noDatabase() async throws {
    try await TestConsole.serve { console async throws in
      let reply = try await console.get("/console/explain?operation=publish&user=alice&match=m1")
      #expect(reply.status == 200 && reply.body.contains("The database did not answer"))
      let given = try await console.get("/console/explain?from=facts&operation=publish&role=rider&state=open")
      #expect(given.body.contains("allowed by write"))
    }
  }

  @Test("Centrifugo's configuration is read anew for each look, and a bad one is said to be")
  func lint() async throws {
    try await TestConsole.serve(centrifugo: ("c.json", "{")) { console async throws in
      #expect(try await console.get("/console/lint").body.contains("The file can&#39;t be read") == false)
      #expect(try await console.get("/console/lint").body.contains("The file can't be read"))
    }
    try await TestConsole.serve(centrifugo: ("c.conf", "{}")) { console async throws in
      #expect(try await console.get("/console/lint").body.contains("want a name that ends in"))
    }
  }

  @Test("Whoever only holds connections keeps nobody out, and a probe does not make a holder known")
  func places() async throws {
    try await TestConsole.serve { console async throws in
      var held: [RawClient] = []
      for _ in 0..<64 {
        let client = try await RawClient(port: console.port)
        await client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(await client.receive().statuses == [200])
        held.append(client)
      }
      #expect(try await console.get("/console").status == 200)
      #expect(try await console.get("/readyz", headers: "").status == 503)
      // The oldest have given way.
      await held[0].send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(await held[0].receive(until: .closed).isClosed)
    }
  }

  @Test("A reviewer's connection is not the one that gives way")
  func reviewer() async throws {
    try await TestConsole.serve { console async throws in
      let reviewer = try await RawClient(port: console.port)
      let request = "GET /console/style.css HTTP/1.1\r\nHost: h\r\n\(TestConsole.basic(TestConsole.token))\r\n"
      await reviewer.send(request)
      #expect(await reviewer.receive().statuses == [200])
      var others: [RawClient] = []
      for _ in 0..<80 { others.append(try await RawClient(port: console.port)) }
      #expect(try await console.get("/healthz", headers: "").status == 200)
      await reviewer.send(request)
      #expect(await reviewer.receive().statuses == [200])
      #expect(others.count == 80)
    }
  }

  @Test("Who only asks the probes stays a stranger, whose connection ends when it idles")
  func idle() async throws {
    var settings = HTTPSettings()
    settings.port = 0
    settings.maximumBodyBytes = 0
    settings.strangerTimeout = .seconds(3)
    let server = HTTPServer(
      settings: settings,
      responder: OperationsHandler(
        metrics: Metrics(version: "1"), readiness: { Readiness(components: [], isDraining: false) }),
      metrics: nil, group: MultiThreadedEventLoopGroup.singleton, logger: TestConsole.quiet)
    try await server.start()
    let client = try await RawClient(port: try #require(server.ports.first))
    await client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
    let replies = await client.receive(until: .closed)
    #expect(replies.statuses == [200] && replies.isClosed)
    await server.drain()
  }
}
