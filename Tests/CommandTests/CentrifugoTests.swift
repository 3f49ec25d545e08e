import Foundation
import Testing

@Suite("proxyhooks centrifugo")
struct CentrifugoTests {
  private let command: CommandRun

  init() throws { command = try CommandRun() }

  /// What `config --defaults` writes, with a line added before the last.
  private func configuration(
    _ name: String, over transport: String = "http", adding line: String = ""
  ) async throws -> String {
    let lines = try await command.run(["centrifugo", "config", "--defaults", "--transport", transport]).lines
    var text = lines.dropLast().joined(separator: "\n")
    if !line.isEmpty { text += ",\n\(line)" }
    return try command.file(name, text + "\n}\n")
  }

  @Test("lint ends with 0 for what is right, 1 for what is not, 2 for what can't be read")
  func statuses() async throws {
    let right = try await configuration("right.json")
    let wrong = try await configuration("wrong.json", adding: #""debug": {"enabled": true}"#)
    let good = try await command.run(["centrifugo", "lint", right])
    #expect(good.status == 0 && good.lines == ["No findings."])
    let bad = try await command.run(["centrifugo", "lint", wrong])
    #expect(bad.status == 1 && bad.lines.contains("  debug-open: Profiles are for everybody"))
    #expect(try await command.run(["centrifugo", "lint", "--at-least", "high", wrong]).status == 0)
    #expect(try await command.run(["centrifugo", "lint", "--ignore", "debug-open", wrong]).status == 0)
    let broken = try command.file("broken.json", "{\n]")
    let unreadable = try await command.run(["centrifugo", "lint", broken])
    #expect(unreadable.status == 2 && unreadable.errors == "\(broken): line 2: is no JSON: unexpected byte\n")
    let missing = try await command.run(["centrifugo", "lint", "none.json"])
    #expect(missing.status == 2 && missing.errors == "none.json: No such file or directory\n")
    let other = try command.file("config.conf", "{}")
    #expect(try await command.run(["centrifugo", "lint", other]).status == 2)
    #expect(try await command.run(["centrifugo", "lint", "--form", "json", other]).status == 1)
  }

  @Test("lint reads standard input, and what is switched on in the environment")
  func environment() async throws {
    let text = try String(contentsOfFile: try await configuration("right.json"), encoding: .utf8)
    let variables = [
      "CENTRIFUGO_VAR_PROXYHOOKS_SECRET=0123456789abcdef", "CENTRIFUGO_HTTP_API_INSECURE=true",
      "CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN=postgresql://h/d",
    ]
    let file = try command.file("environment", variables.joined(separator: "\n"))
    let result = try await command.run(
      ["centrifugo", "lint", "--form", "json", "--environment", file, "--output", "json", "-"], input: text.utf8)
    #expect(result.status == 1 && result.lines.count == 1)
    #expect(result.lines.first?.contains(#""id":"api-insecure""#) == true)
    let bad = try command.file("bad", "export A=secret")
    let unreadable = try await command.run(
      ["centrifugo", "lint", "--form", "json", "--environment", bad, "-"], input: text.utf8)
    #expect(unreadable.status == 2 && unreadable.errors == "\(bad): line 1: want KEY=VALUE\n")
  }

  @Test("Options that make no sense are refused")
  func options() async throws {
    for wrong in [
      ["lint"], ["lint", "--ignore", "no-such-rule", "-"], ["lint", "--at-least", "info", "-"],
      ["config", "--defaults", "--endpoint", "hooks.internal"],
      ["config", "--defaults", "--endpoint", "http://h/path"],
      ["config", "--defaults", "--certificate", "a"], ["config", "--defaults", "--origin", ""],
      ["config", "--defaults", "--transport", "http2"], ["config", "--defaults", "--endpoint", "grpc://h:1"],
      ["config", "--defaults", "--transport", "grpc", "--endpoint", "http://h:1"],
      ["lint", "--grpc-endpoint", "http://h:1", "-"], ["lint", "--grpc-endpoint", "grpc://h", "-"],
    ] {
      #expect(try await command.run(["centrifugo"] + wrong).status == 64, "\(wrong)")
    }
  }

  @Test("config takes address, TLS and origins from its options, and the lint finds it right")
  func config() async throws {
    let result = try await command.run([
      "centrifugo", "config", "--defaults", "--endpoint", "https://hooks.internal:8443", "--server-ca", "/ca.pem",
      "--certificate", "/c.pem", "--key", "/k.pem", "--origin", "https://a.example", "--origin", "https://b.example",
    ])
    let text = result.lines.joined(separator: "\n")
    #expect(text.contains(#""allowed_origins": ["https://a.example", "https://b.example"]"#))
    #expect(text.contains(#""endpoint": "https://hooks.internal:8443/centrifugo/sub_refresh""#))
    for part in [#""server_ca_pem": "/ca.pem""#, #""cert_pem": "/c.pem""#, #""key_pem": "/k.pem""#] {
      #expect(text.contains(part))
    }
    let file = try command.file("tls.json", text)
    let lint = try await command.run(["centrifugo", "lint", "--endpoint", "https://hooks.internal:8443/", file])
    #expect(lint.status == 0)
    #expect(try await command.run(["centrifugo", "lint", "--endpoint", "https://other:8443", file]).status == 1)
  }

  @Test("config takes address and TLS over gRPC from its options, and the lint finds it right")
  func grpcConfig() async throws {
    let options = ["centrifugo", "config", "--defaults", "--transport", "grpc"]
    let clear = try await command.run(options + ["--endpoint", "grpc://127.0.0.1:8444"])
    #expect(clear.status == 0 && !clear.output.contains("tls"))
    let result = try await command.run(
      options + [
        "--endpoint", "grpc://hooks.internal:8444", "--server-ca", "/ca.pem", "--certificate", "/c.pem", "--key",
        "/k.pem",
      ])
    for part in [
      #""endpoint": "grpc://hooks.internal:8444""#, #""server_ca_pem": "/ca.pem""#, #""cert_pem": "/c.pem""#,
      #""key_pem": "/k.pem""#,
    ] {
      #expect(result.output.contains(part))
    }
    let file = try command.file("grpc.json", result.output)
    for address in ["grpc://hooks.internal:8444", "hooks.internal:8444"] {
      #expect(try await command.run(["centrifugo", "lint", "--grpc-endpoint", address, file]).status == 0)
    }
    let elsewhere = try await command.run(["centrifugo", "lint", "--grpc-endpoint", "grpc://other:8444", file])
    #expect(elsewhere.status == 1 && elsewhere.output.contains("foreign-endpoint"))
    let off = try await command.run(["centrifugo", "lint", "--grpc-endpoint", "off", file])
    #expect(off.status == 1 && off.output.contains("PROXYHOOKS_GRPC_LISTEN is off"))
    let inClear = try await command.run(["centrifugo", "lint", "--endpoint", "http://hooks.internal:8080", file])
    #expect(inClear.status == 1 && inClear.output.contains("each handshake fails"))
  }

  @Test("config over gRPC takes the address from the service's settings, and refuses where it does not listen")
  func grpcSettings() async throws {
    func settings(_ listen: String) throws -> String {
      try command.file(
        "settings.env",
        """
        PROXYHOOKS_SECRET=0123456789abcdef0123456789abcdef
        PROXYHOOKS_TOKEN_HMAC_SECRET=b3c1a7f09d2e4c58a6e1d0f7c9b8a2e4
        PROXYHOOKS_DATABASE_URL=postgresql://localhost/chat
        PROXYHOOKS_REDIS_URL=redis://127.0.0.1:6379/0
        PROXYHOOKS_GRPC_LISTEN=\(listen)
        """)
    }
    let options = ["centrifugo", "config", "--transport", "grpc", "--config"]
    let result = try await command.run(options + [try settings("0.0.0.0:8282")])
    #expect(result.status == 0 && result.output.contains(#""endpoint": "grpc://127.0.0.1:8282""#))
    let off = try await command.run(options + [try settings("off")])
    #expect(off.status == 64 && off.output.isEmpty && off.errors.contains("PROXYHOOKS_GRPC_LISTEN is off"))
  }

  @Test("config takes names from the policy, and outbox, deadline and address from the service's settings")
  func settings() async throws {
    let standard = try await command.run(["policy", "show"]).output
    let named = standard.replacing("  room: match\n", with: "  room: game\n")
      .replacing("  person: user\n", with: "  person: person\n")
    try #require(named != standard)
    let policy = try command.file("policy.yaml", named)
    let settings = try command.file(
      "settings.env",
      """
      PROXYHOOKS_SECRET=0123456789abcdef0123456789abcdef
      PROXYHOOKS_TOKEN_HMAC_SECRET=b3c1a7f09d2e4c58a6e1d0f7c9b8a2e4
      PROXYHOOKS_DATABASE_URL=postgresql://localhost/chat
      PROXYHOOKS_REDIS_URL=redis://127.0.0.1:6379/0
      PROXYHOOKS_LISTEN=0.0.0.0:8181
      PROXYHOOKS_POLICY_FILE=\(policy)
      PROXYHOOKS_OUTBOX_PARTITIONS=3
      PROXYHOOKS_DEADLINE_MS=950
      """)
    let result = try await command.run(["centrifugo", "config", "--config", settings])
    #expect(result.status == 0)
    let file = try command.file("game.json", result.lines.joined(separator: "\n"))
    #expect(result.lines.contains { $0.contains(#""http://127.0.0.1:8181/centrifugo/rpc""#) })
    let needs = ["--rooms", "game", "--personal", "person", "--partitions", "3", "--deadline", "950"]
    let lint = try await command.run(["centrifugo", "lint"] + needs + [file])
    #expect(lint.status == 0, "\(lint.lines)")
    #expect(try await command.run(["centrifugo", "lint", file]).status == 1)
  }

  @Test(
    "What config writes, Centrifugo's own check takes", .enabled(if: CentrifugoBinary.path != nil, "no CENTRIFUGO_BIN"),
    arguments: ["http", "grpc"])
  func checkconfig(_ transport: String) async throws {
    let file = try await configuration("right.json", over: transport)
    let binary = try #require(CentrifugoBinary.path)
    let status = try await offTheCooperativePool {
      let process = Process()
      process.executableURL = URL(filePath: binary)
      process.arguments = ["checkconfig", "--strict", "--config", file]
      process.environment = ["CENTRIFUGO_VAR_PROXYHOOKS_SECRET": "0123456789abcdef"]
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(status == 0)
  }
}

private enum CentrifugoBinary {
  static let path = ProcessInfo.processInfo.environment["CENTRIFUGO_BIN"]
}
