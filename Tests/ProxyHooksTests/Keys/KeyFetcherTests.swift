import Auth
import NIOPosix
import NIOSSL
import Testing

@testable import ProxyHooks

@Suite("Fetching a key set")
struct KeyFetcherTests {
  private static let body = #"{"keys":[]}"#

  /// What fetching from an address gives.
  private func fetch(
    _ url: String, authorities: [NIOSSLCertificate]? = nil, limits: KeyFetchLimits = KeyFetchLimits()
  ) async throws -> Result<String, KeyLoadFailure> {
    let timing = KeyTiming(interval: .seconds(300), unknownInterval: .seconds(30), maximumAge: .seconds(86_400))
    let address = try #require(KeyAddress(url))
    let fetcher = KeyFetcher(
      KeyIssuer(address: address, authorities: authorities, timing: timing, limits: limits),
      group: MultiThreadedEventLoopGroup.singleton)
    let result: Result<String, KeyLoadFailure>
    do {
      result = .success(String(decoding: try await fetcher.load(), as: UTF8.self))
    } catch {
      result = .failure(try #require(error as? KeyLoadFailure, "\(error)"))
    }
    await fetcher.close()
    return result
  }

  /// What fetching `/keys` from a server with this script gives.
  private func fetch(
    limits: KeyFetchLimits = KeyFetchLimits(), _ script: @escaping @Sendable (String) -> StubIssuer.Reply
  ) async throws -> (result: Result<String, KeyLoadFailure>, requests: [String]) {
    let issuer = try await StubIssuer(script)
    let result = try await fetch("http://127.0.0.1:\(issuer.port)/keys", limits: limits)
    await issuer.stop()
    return (result, issuer.requests)
  }

  @Test("A document comes as it is, whatever type and length it is said to have")
  func good() async throws {
    let plain = try await fetch { _ in .ok(Self.body, headers: "Content-Type: text/html\r\n") }
    #expect(try plain.result.get() == Self.body)
    #expect(plain.requests == ["/keys"])
    let untold = try await fetch { _ in .bytes("HTTP/1.1 200 OK\r\n\r\n" + Self.body) }
    #expect(try untold.result.get() == Self.body)
    let chunked = try await fetch { _ in
      .bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"ke\r\n7\r\nys\":[]}\r\n0\r\n\r\n")
    }
    #expect(try chunked.result.get() == Self.body)
  }

  @Test(
    "Any status but 200 is a failure",
    arguments: ["500 Internal Server Error", "404 Not Found", "401 Unauthorized", "201 Created", "206 Partial Content"])
  func status(line: String) async throws {
    let result = try await fetch { _ in .status(line, Self.body) }.result
    #expect(result == .failure(KeyLoadFailure(.status, detail: String(line.prefix(3)))))
  }

  @Test("A server that says nothing, or never stops, costs a bounded time", arguments: [true, false])
  func slow(isSilent: Bool) async throws {
    var limits = KeyFetchLimits()
    limits.time = .milliseconds(200)
    let result = try await fetch(limits: limits) { _ in isSilent ? .silence : .trickle }.result
    #expect(result == .failure(KeyLoadFailure(.timedOut)))
  }

  @Test("A document over the limit is not read, whether or not its length is told")
  func huge() async throws {
    let fits = String(repeating: " ", count: KeySet.maximumBytes)
    #expect(try await fetch { _ in .ok(fits) }.result.get().utf8.count == KeySet.maximumBytes)
    let tooLarge = Result<String, KeyLoadFailure>.failure(KeyLoadFailure(.tooLarge))
    #expect(try await fetch { _ in .ok(fits + " ") }.result == tooLarge)
    #expect(try await fetch { _ in .bytes("HTTP/1.1 200 OK\r\n\r\n" + fits + " ") }.result == tooLarge)
    // Told, and never sent: nothing is waited for.
    #expect(
      try await fetch { _ in .bytes("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n") }.result == tooLarge)
  }

  @Test("A compressed document is refused, and not unpacked", arguments: ["gzip", "deflate", "br", "x"])
  func compressed(encoding: String) async throws {
    let result = try await fetch { _ in .ok(Self.body, headers: "Content-Encoding: \(encoding)\r\n") }.result
    #expect(result == .failure(KeyLoadFailure(.encoded)))
  }

  @Test(
    "A reply that is cut off, or is none, is a failure",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nX",
      "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 300) + "\r\n{}",
      "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 100_000) + "\r\n\r\n{}",
    ])
  func broken(bytes: String) async throws {
    let result = try await fetch { _ in .bytes(bytes) }.result
    #expect(result == .failure(KeyLoadFailure(.malformedReply)))
  }

  @Test("Redirections on the same server are followed, three at most")
  func redirected() async throws {
    @Sendable func chain(_ length: Int) -> @Sendable (String) -> StubIssuer.Reply {
      { path in
        let place = Int(path.dropFirst()) ?? 0
        return place == length ? .ok(Self.body) : .redirect("/\(place + 1)")
      }
    }
    let three = try await fetch(chain(3))
    #expect(try three.result.get() == Self.body)
    #expect(three.requests == ["/keys", "/1", "/2", "/3"])
    let four = try await fetch(chain(4))
    #expect(four.result == .failure(KeyLoadFailure(.redirected)))
    #expect(four.requests.count == 4)
    let loop = try await fetch { _ in .redirect("/keys") }
    #expect(loop.result == .failure(KeyLoadFailure(.redirected)))
    #expect(loop.requests.count == 4)
    #expect(try await fetch { _ in .status("302 Found") }.result == .failure(KeyLoadFailure(.redirected)))
  }

  @Test("A redirection to another host or port is refused, and nobody there is asked")
  func redirectedAway() async throws {
    let other = try await StubIssuer { _ in .ok(Self.body) }
    for host in ["127.0.0.1", "localhost"] {
      let result = try await fetch { _ in .redirect("http://\(host):\(other.port)/keys") }.result
      #expect(result == .failure(KeyLoadFailure(.redirected)))
    }
    let issuer = try await StubIssuer { path in path == "/keys" ? .redirect("/moved") : .ok(Self.body) }
    issuer.answer { [port = issuer.port] path in
      path == "/keys" ? .redirect("http://localhost:\(port)/moved") : .ok(Self.body)
    }
    let sameMachine = try await fetch("http://127.0.0.1:\(issuer.port)/keys")
    #expect(sameMachine == .failure(KeyLoadFailure(.redirected)))
    #expect(issuer.requests == ["/keys"])
    #expect(other.requests.isEmpty)
    await issuer.stop()
    await other.stop()
  }

  @Test("Where nobody listens, and for a name that is none, the failure says so at once")
  func unreachable() async throws {
    let issuer = try await StubIssuer { _ in .silence }
    await issuer.stop()
    for host in ["127.0.0.1:\(issuer.port)", "name.invalid"] {
      #expect(try await fetch("http://\(host)/keys") == .failure(KeyLoadFailure(.unreachable)), "\(host)")
    }
  }

  @Test("Over TLS the server must have a certificate for its name, from the authority that is set")
  func tls() async throws {
    let (authority, stranger) = (try await TestAuthority(), try await TestAuthority())
    let issuer = try await StubIssuer(tls: authority.server("IP:127.0.0.1,DNS:localhost")) { _ in .ok(Self.body) }
    let other = try await StubIssuer(tls: authority.server("DNS:issuer.example,IP:127.0.0.2")) { _ in .ok(Self.body) }
    let certificates = try authority.certificates()
    let failed = Result<String, KeyLoadFailure>.failure(KeyLoadFailure(.tls))
    for host in ["127.0.0.1", "localhost"] {
      #expect(try await fetch("https://\(host):\(issuer.port)/", authorities: certificates).get() == Self.body)
      #expect(try await fetch("https://\(host):\(issuer.port)/") == failed, "the system does not know it")
      let strange = try await fetch("https://\(host):\(issuer.port)/", authorities: stranger.certificates())
      #expect(strange == failed)
      #expect(try await fetch("https://\(host):\(other.port)/", authorities: certificates) == failed, "\(host)")
    }
    #expect(other.requests.isEmpty)
    issuer.answer { [port = issuer.port] _ in .redirect("http://127.0.0.1:\(port)/") }
    let downgraded = try await fetch("https://127.0.0.1:\(issuer.port)/", authorities: certificates)
    #expect(downgraded == .failure(KeyLoadFailure(.redirected)))
    await issuer.stop()
    await other.stop()
  }

  @Test("A server that does not speak TLS is no issuer")
  func noTLS() async throws {
    let issuer = try await StubIssuer { _ in .ok(Self.body) }
    #expect(try await fetch("https://127.0.0.1:\(issuer.port)/") == .failure(KeyLoadFailure(.tls)))
    #expect(issuer.requests.isEmpty)
    await issuer.stop()
  }
}
