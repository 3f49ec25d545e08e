import NIOPosix
import Testing

@testable import ProxyHooks
@testable import Storage

/// What is made of Centrifugo's replies. The calls themselves are tried on a real one, end to end.
@Suite("Centrifugo's server API")
struct CentrifugoAPITests {
  @Test("A result is taken, an error is its code, anything else is not understood")
  func replies() throws {
    #expect(try CentrifugoAPI.result(of: Array(#"{"result":{"num_clients":2}}"#.utf8))["num_clients"]?.integer == 2)
    #expect(throws: CentrifugoAPIError.refused(code: 102)) {
      try CentrifugoAPI.result(of: Array(#"{"error":{"code":102,"message":"unknown channel"}}"#.utf8))
    }
    for other in ["", "{}", "[]", "null", #"{"result":null}"#, #"{"result":[]}"#, "<html>", #"{"result":{}}x"#] {
      #expect(throws: CentrifugoAPIError.notUnderstood) { try CentrifugoAPI.result(of: Array(other.utf8)) }
    }
  }

  @Test("Where nobody listens a call ends by itself, and says no more than that")
  func unreachable() async throws {
    // A port of the machine's own that was free a moment ago.
    let holder = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(holder.localAddress?.port)
    try await holder.close()
    let api = CentrifugoAPI(
      settings: CentrifugoAPISettings(address: "http://127.0.0.1:\(port)/api", key: "k"),
      group: .singletonMultiThreadedEventLoopGroup)
    await #expect(throws: CentrifugoAPIError.unreachable) {
      try await api.presence(in: "match:m", by: .after(milliseconds: 60_000))
    }
    await api.close()
  }

  @Test("Where the other side takes the call and never answers, the deadline ends it")
  func silent() async throws {
    let holder = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(holder.localAddress?.port)
    let api = CentrifugoAPI(
      settings: CentrifugoAPISettings(address: "http://127.0.0.1:\(port)/api", key: "k"),
      group: .singletonMultiThreadedEventLoopGroup)
    await #expect(throws: CentrifugoAPIError.unreachable) {
      _ = try await api.info(by: .after(milliseconds: 300))
    }
    try await holder.close()
    await api.close()
  }

  @Test("Of the listeners only members are shown, in the members' order")
  func online() {
    let members = #"[{"user":"alice","role":"driver"},{"user":"bob","role":"rider"},{"user":"cy","role":"rider"}]"#
    let data = PresenceMethod.data(Array(members.utf8), listeners: ["cy": 1, "alice": 2, "mallory": 1])
    #expect(String(decoding: data, as: UTF8.self) == #"{"members":\#(members),"online":["alice","cy"]}"#)
  }

  @Test(
    "The address and the key of the API are read together and strictly",
    arguments: [
      ("http://127.0.0.1:8000/api", "k", true), ("https://centrifugo.example/api/", "k", true), ("", "", true),
      ("", "k", false), ("http://127.0.0.1:8000/api", "", false), ("ftp://h/api", "k", false), ("http://", "k", false),
      ("http:///api", "k", false), ("http://user@h/api", "k", false), ("http://h/api?x=1", "k", false),
      ("http://h/a b", "k", false), ("http://h/api", "k k", false), ("http://h/api", "k\r\nX: y", false),
    ])
  func settings(address: String, key: String, isGood: Bool) throws {
    let environment = [
      "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": Installation.secret,
      "PROXYHOOKS_DATABASE_URL": "postgresql:///x", "PROXYHOOKS_REDIS_URL": "redis://127.0.0.1:6379/0",
      "PROXYHOOKS_CENTRIFUGO_API_URL": address, "PROXYHOOKS_CENTRIFUGO_API_KEY": key,
    ]
    let configuration = try? Configuration(environment: environment, file: nil) { _ in nil }
    #expect((configuration != nil) == isGood)
    #expect((configuration?.centrifugo != nil) == (isGood && !address.isEmpty))
    #expect(configuration?.centrifugo?.address.hasSuffix("/") != true)
  }
}
