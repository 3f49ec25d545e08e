import Testing

@testable import CentrifugoSetup

@Suite("Hooks that are called over gRPC")
struct GRPCTests {
  private func findings(
    _ transport: SetupPlan.Transport, _ patch: String = "{}", _ change: (inout SetupExpectations) -> Void
  ) throws -> [Finding] {
    var expected = SetupExpectations()
    change(&expected)
    let file = try Repository.shipped(transport).patched(try SetupForm.json.read(patch))
    return LintReport(of: Setup(file: file), expecting: expected).findings
  }

  private func proxy(_ endpoint: String) throws -> HookProxy {
    let file = try Repository.shipped().patched(
      try SetupForm.json.read(#"{"rpc": {"proxy": {"endpoint": "\#(endpoint)"}}}"#))
    return try #require(Setup(file: file).proxies(SetupExpectations()).last)
  }

  @Test("A service that does not listen for gRPC answers none of the hooks that are called so")
  func off() throws {
    let findings = try findings(.grpc) { $0.grpc = .off }
    #expect(findings.count == 6 && Set(findings.map(\.rule)) == ["grpc-endpoint"])
    #expect(try self.findings(.http) { $0.grpc = .off } == [])
  }

  @Test("Hooks are where the service listens for gRPC, by whichever of the machine's own names, or somewhere else")
  func address() throws {
    for own in ["127.0.0.1:8081", "localhost:8081", "[::1]:8081"] {
      #expect(try findings(.grpc) { $0.grpc = .at(own) } == [], "\(own)")
    }
    for other in ["127.0.0.1:8082", "hooks.internal:8081"] {
      let findings = try findings(.grpc) { $0.grpc = .at(other) }
      #expect(findings.count == 6 && Set(findings.map(\.rule)) == ["foreign-endpoint"], "\(other)")
      #expect(findings.allSatisfy { $0.mend.contains("grpc://\(other)") })
    }
  }

  @Test("A port speaks one of the two transports")
  func port() throws {
    let byGRPC = try findings(.grpc) { $0.endpoint = "http://127.0.0.1:8081" }
    #expect(byGRPC.count == 6 && Set(byGRPC.map(\.rule)) == ["grpc-endpoint"])
    let byHTTP = try findings(.http) { $0.grpc = .at("127.0.0.1:8080") }
    #expect(byHTTP.count == 6 && Set(byHTTP.map(\.rule)) == ["foreign-endpoint"])
    #expect(byHTTP.allSatisfy { $0.why.contains("listens for gRPC") })
  }

  @Test("A call is encrypted if the service speaks TLS, and only then")
  func encryption() throws {
    #expect(try findings(.grpc) { $0.isEncrypted = false } == [])
    let clear = try findings(.grpc) { $0.isEncrypted = true }
    #expect(clear.count == 6 && Set(clear.map(\.rule)) == ["grpc-endpoint"])
    #expect(clear.allSatisfy { $0.key.hasSuffix("grpc.tls.enabled") })
    let tls = #"{"rpc": {"proxy": {"grpc": {"tls": {"enabled": true}}}}}"#
    #expect(try findings(.grpc, tls) { $0.isEncrypted = false }.map(\.key) == ["rpc.proxy.grpc.tls.enabled"])
  }

  @Test("One proxy may serve several events, as the method says which it is")
  func shared() throws {
    let names = ["subscribe", "publish", "sub_refresh"].map {
      #""\#($0)_proxy_name": "hooks", "\#($0)_proxy_enabled": true"#
    }
    let patch = #"""
      {"proxies": [{"name": "hooks", "endpoint": "grpc://127.0.0.1:8081", "timeout": "1s", "include_connection_meta": true,
        "grpc": {"static_metadata": [{"key": "x-proxyhooks-secret", "value": "${CENTRIFUGO_VAR_PROXYHOOKS_SECRET}"}]}}],
       "channel": {"namespaces": [
         {"name": "match", "presence": true, "history_size": 100, "history_ttl": "300s", "force_recovery": true,
          \#(names.joined(separator: ", "))},
         {"name": "user", "history_size": 100, "history_ttl": "24h", "force_recovery": true}]}}
      """#
    #expect(try findings(.grpc, patch) { _ in } == [])
  }

  @Test("A mixture of the transports is right where each hook is called where it is served")
  func mixture() throws {
    let patch = #"""
      {"rpc": {"proxy": {"endpoint": "grpc://localhost:8081", "http": null,
        "grpc": {"static_metadata": {"x-proxyhooks-secret": "${CENTRIFUGO_VAR_PROXYHOOKS_SECRET}"}}}}}
      """#
    #expect(try findings(.http, patch) { _ in } == [])
    let known = try findings(.http, patch) {
      $0.endpoint = "http://127.0.0.1:8080"
      $0.grpc = .at("127.0.0.1:8081")
      $0.isEncrypted = false
    }
    #expect(known == [])
  }

  @Test("Compression and payloads in base64 are no mistakes")
  func variants() throws {
    let patch = #"{"rpc": {"proxy": {"binary_encoding": true, "grpc": {"compression": true}}}}"#
    #expect(try findings(.grpc, patch) { _ in } == [])
  }

  @Test(
    "An address is what Centrifugo's gRPC client makes of an endpoint",
    arguments: [
      ("127.0.0.1:8081", "127.0.0.1:8081"), ("grpc://h:1", "h:1"), ("grpc://h:1/centrifugo/rpc", "h:1"),
      ("grpc://user:word@h:1", "h:1"), ("grpc://[::1]:8081", "[::1]:8081"), ("h", "h"), ("dns:h:1", "h:1"),
      ("dns:///h:1", "h:1"), ("dns://192.0.2.1/h:1", "h:1"), ("passthrough:///h:1", "h:1"),
    ])
  func authority(_ endpoint: String, _ address: String) throws {
    let proxy = try proxy(endpoint)
    #expect(proxy.isGRPC && !proxy.isHTTP && proxy.authority == address)
  }

  @Test(
    "What is neither HTTP nor a host and port is no address",
    arguments: [
      "grpc://", "grpc:///rpc", "grpcs://h:1", "GRPC://h:1", "Http://h:1/centrifugo/rpc", "h:1/rpc",
      "unix:///run/hooks",
      "dns:///", "/", "h:",
    ])
  func malformed(_ endpoint: String) throws {
    let proxy = try proxy(endpoint)
    #expect(proxy.isMalformed && !proxy.isGRPC && !proxy.isHTTP)
  }
}
