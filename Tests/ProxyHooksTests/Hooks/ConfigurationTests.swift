import Auth
import Testing

@testable import ProxyHooks

@Suite("Configuration")
struct ConfigurationTests {
  private static let good = [
    "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": "a secret of at least thirty-two bytes",
    "PROXYHOOKS_DATABASE_URL": "postgresql:///x", "PROXYHOOKS_REDIS_URL": "redis://localhost",
  ]

  private func problems(_ change: [String: String], file: String? = nil, insecure: Bool = false) -> [String] {
    do {
      _ = try Configuration(
        environment: Self.good.merging(change) { $1 }, file: file, insecure: insecure,
        readFile: { $0 == "/ca" ? Array("no certificate".utf8) : nil })
      return []
    } catch {
      return error.problems
    }
  }

  @Test("The required settings are enough")
  func minimum() throws {
    let configuration = try Configuration(environment: Self.good, file: nil, readFile: { _ in nil })
    #expect(configuration.listen.description == "127.0.0.1:8080")
    #expect(configuration.operationsListen.description == "127.0.0.1:9090")
    #expect(configuration.grpcListen?.description == "127.0.0.1:8081")
    #expect(configuration.grpcConnectionSeconds == 1_800)
    #expect(configuration.callerSecrets != nil)
    #expect(configuration.policy.document.limits[.publishRoom]?.rate.description == "40/10s")
  }

  @Test("gRPC can be off, and its connections without an end")
  func gRPC() throws {
    let settings = ["PROXYHOOKS_GRPC_LISTEN": "off", "PROXYHOOKS_GRPC_CONNECTION_SECONDS": "0"]
    let configuration = try Configuration(
      environment: Self.good.merging(settings) { $1 }, file: nil, readFile: { _ in nil })
    #expect(configuration.grpcListen == nil)
    #expect(configuration.grpcConnectionSeconds == nil)
  }

  @Test(
    "A wrong value is refused with its key, and only that",
    arguments: [
      ("LISTEN", "8080"), ("LISTEN", "host:99999"), ("LISTEN", "::1:80"), ("OPERATIONS_LISTEN", "x"),
      ("GRPC_LISTEN", "OFF"), ("GRPC_LISTEN", "8081"), ("GRPC_LISTEN", "127.0.0.1:8080"),
      ("GRPC_LISTEN", "127.0.0.1:9090"),
      ("GRPC_CONNECTION_SECONDS", "9"), ("GRPC_CONNECTION_SECONDS", "86401"), ("GRPC_CONNECTION_SECONDS", "00"),
      ("SECRET", "short"),
      ("TOKEN_HMAC_SECRET", "short"), ("TOKEN_LEEWAY", "301"), ("TOKEN_LEEWAY", "-1"), ("TOKEN_LEEWAY", "1s"),
      ("TOKEN_JWKS_FILE", "/nonexistent"), ("TOKEN_JWKS_SECONDS", "9"),
      ("TOKEN_JWKS_UNKNOWN_SECONDS", "0"), ("TOKEN_JWKS_MAX_AGE_SECONDS", "59"),
      ("REDIS_URL", "localhost"), ("REDIS_URL", "rediss://h"),
      ("DEADLINE_MS", "1000"), ("DEADLINE_MS", "0"), ("THREADS", "0"), ("MAX_BODY_BYTES", "1e6"),
      ("LOG_LEVEL", "loud"), ("MESSAGE_LANES", "0"), ("POLICY_FILE", "/nonexistent"),
      ("SECRETT", "misspelt"), ("DATABASE_URL", "garbage"), ("DATABASE_URL", "postgresql://[::1"),
      // What is in the policy file now.
      ("EDIT_SECONDS", "900"), ("MATCH_NAMESPACE", "match"), ("LIMIT_REPORT_PER_USER", "10/1h"),
      ("LISTEN", "[[::1]]:1"), ("LISTEN", "[::1:1"),
      ("CLIENT_ADDRESS_HEADER", "X Real"), ("CONFIGX", "x"), ("LIMIT_PUBLISH", "1/1s"),
    ])
  func wrong(key: String, value: String) {
    let problems = problems(["PROXYHOOKS_" + key: value])
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("PROXYHOOKS_\(key): ") == true, "\(problems)")
  }

  @Test("What is missing is named", arguments: ["SECRET", "DATABASE_URL", "REDIS_URL", "TOKEN_HMAC_SECRET"])
  func missing(key: String) {
    let problems = problems(["PROXYHOOKS_" + key: ""])
    #expect(problems.count == 1)
    #expect(problems.first?.contains("PROXYHOOKS_\(key)") == true, "\(problems)")
    #expect(problems.first?.contains("required") == true, "\(problems)")
  }

  @Test("Every mistake is told at once")
  func all() {
    #expect(problems(["PROXYHOOKS_LISTEN": "x", "PROXYHOOKS_THREADS": "x", "PROXYHOOKS_DATABASE_URL": ""]).count == 3)
  }

  @Test("No problem repeats a secret")
  func secrets() {
    let text = problems(["PROXYHOOKS_SECRET": "hunter2", "PROXYHOOKS_TOKEN_HMAC_SECRET": "swordfish"]).joined()
    #expect(!text.contains("hunter2") && !text.contains("swordfish"))
  }

  @Test("Without a secret only an insecure service on a loopback address starts")
  func insecure() {
    #expect(problems(["PROXYHOOKS_SECRET": ""], insecure: true).isEmpty)
    #expect(problems(["PROXYHOOKS_SECRET": "", "PROXYHOOKS_LISTEN": "[::1]:1"], insecure: true).isEmpty)
    #expect(!problems(["PROXYHOOKS_SECRET": "", "PROXYHOOKS_LISTEN": "0.0.0.0:1"], insecure: true).isEmpty)
    #expect(!problems(["PROXYHOOKS_SECRET": "", "PROXYHOOKS_LISTEN": "127.evil.example:1"], insecure: true).isEmpty)
    #expect(!problems(["PROXYHOOKS_SECRET": ""]).isEmpty)
  }

  @Test("Two secrets are good at once; two that are the same, or an old one alone, are a mistake")
  func rotation() throws {
    let configuration = try Configuration(
      environment: Self.good.merging(["PROXYHOOKS_SECRET_PREVIOUS": "fedcba9876543210"]) { $1 }, file: nil,
      readFile: { _ in nil })
    let secrets = try #require(configuration.callerSecrets)
    #expect(secrets.admits("0123456789abcdef".utf8))
    #expect(secrets.admits("fedcba9876543210".utf8))
    #expect(!secrets.admits("0123456789abcdeF".utf8))
    #expect(!secrets.admits("".utf8))
    #expect(!problems(["PROXYHOOKS_SECRET_PREVIOUS": "0123456789abcdef"]).isEmpty)
    #expect(
      !problems(["PROXYHOOKS_SECRET": "", "PROXYHOOKS_SECRET_PREVIOUS": "0123456789abcdef"], insecure: true).isEmpty)
  }

  @Test("A file has the same keys; the environment wins")
  func file() throws {
    let file = """
      # a comment
      PROXYHOOKS_THREADS=7
      PROXYHOOKS_TOKEN_ISSUER = "https://app.example"

      PROXYHOOKS_LISTEN='127.0.0.1:1'\r
      """
    let configuration = try Configuration(
      environment: Self.good.merging(["PROXYHOOKS_LISTEN": "127.0.0.1:2"]) { $1 }, file: file, readFile: { _ in nil })
    #expect(configuration.threads == 7)
    #expect(configuration.tokenRules.issuer == "https://app.example")
    #expect(configuration.listen.port == 2)
  }

  @Test("A file with the line ends of Windows is the same file")
  func windows() throws {
    let file = "# a comment\r\nPROXYHOOKS_THREADS=7\r\nPROXYHOOKS_LISTEN=127.0.0.1:1\r\n"
    let configuration = try Configuration(environment: Self.good, file: file, readFile: { _ in nil })
    #expect(configuration.threads == 7)
    #expect(configuration.listen.port == 1)
  }

  @Test(
    "A broken file is refused with the line, and none of it is repeated",
    arguments: [
      "what", "=x", "PROXYHOOKS_THREADS=1\nPROXYHOOKS_THREADS=2", "PROXYHOOKS_SECRET: aHVudGVyMg==", "A=1",
      "PROXYHOOK_THREADS=2", "PROXYHOOKS_TOKEN_ISSUER=a\0b", "export PROXYHOOKS_THREADS=2", "proxyhooks_threads=2",
    ])
  func brokenFile(text: String) {
    #expect(problems([:], file: text).first?.hasPrefix("line ") == true)
    #expect(problems([:], file: text).allSatisfy { !$0.contains("aHVudGVyMg") })
  }

  /// The public key of RFC 7515, appendix A.3.1.
  private static let keySet = #"""
    {"keys": [{"kty": "EC", "kid": "rfc", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
               "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
    """#

  private func keys(_ change: [String: String], file: String) throws -> KeySet {
    let configuration = try Configuration(environment: Self.good.merging(change) { $1 }, file: nil) { path in
      path == "/keys" ? Array(file.utf8) : nil
    }
    return try #require(configuration.keys.known)
  }

  @Test("Keys come from a file, alone or beside a secret that has a kid")
  func keySets() throws {
    let file = ["PROXYHOOKS_TOKEN_JWKS_FILE": "/keys"]
    #expect(try keys(file.merging(["PROXYHOOKS_TOKEN_HMAC_SECRET": ""]) { $1 }, file: Self.keySet).count == 1)
    #expect(try keys(file.merging(["PROXYHOOKS_TOKEN_HMAC_KEY_ID": "dev"]) { $1 }, file: Self.keySet).count == 2)
    #expect(throws: ConfigurationError.self) { try keys(file, file: Self.keySet) }
    for broken in ["", "{}", #"{"keys": []}"#, #"{"keys": [{"kty": "oct", "kid": "s", "k": "c2VjcmV0"}]}"#] {
      #expect(throws: ConfigurationError.self) { try keys(file, file: broken) }
    }
  }

  private static let issuer = [
    "PROXYHOOKS_TOKEN_HMAC_SECRET": "", "PROXYHOOKS_TOKEN_JWKS_URL": "https://issuer.example/keys",
  ]

  @Test("An issuer's URL is enough, alone or beside a secret that has a kid")
  func issuerAlone() throws {
    #expect(problems(Self.issuer).isEmpty)
    #expect(problems(Self.issuer.merging(["PROXYHOOKS_TOKEN_JWKS_URL": "http://127.0.0.1:1/keys"]) { $1 }).isEmpty)
    var change = Self.issuer
    change["PROXYHOOKS_TOKEN_HMAC_SECRET"] = Self.good["PROXYHOOKS_TOKEN_HMAC_SECRET"]
    change["PROXYHOOKS_TOKEN_HMAC_KEY_ID"] = "own"
    #expect(problems(change).isEmpty)
    let configuration = try Configuration(
      environment: Self.good.merging(change) { $1 }, file: nil, readFile: { _ in nil })
    guard case .issuer(let issuer) = configuration.keys.source else {
      Issue.record("no issuer")
      return
    }
    #expect(issuer.address.text == "https://issuer.example:443/keys")
    #expect(issuer.timing.interval == .seconds(300))
    #expect(issuer.timing.unknownInterval == .seconds(30))
    #expect(issuer.timing.maximumAge == .seconds(86_400))
    #expect(issuer.authorities == nil)
    #expect(configuration.keys.secret?.count == 1)
  }

  @Test(
    "A wrong setting of the issuer is refused with its key, and only that",
    arguments: [
      ("TOKEN_JWKS_URL", "issuer.example/keys"), ("TOKEN_JWKS_URL", "http://issuer.example/keys"),
      ("TOKEN_JWKS_URL", "http://10.0.0.1/keys"), ("TOKEN_JWKS_URL", "https://user:hunter2@issuer.example/keys"),
      ("TOKEN_JWKS_CA", "/nonexistent"), ("TOKEN_JWKS_CA", "/ca"), ("TOKEN_JWKS_SECONDS", "9"),
      ("TOKEN_JWKS_UNKNOWN_SECONDS", "0"), ("TOKEN_JWKS_MAX_AGE_SECONDS", "soon"),
      ("TOKEN_JWKS_MAX_AGE_SECONDS", "599"),
    ])
  func wrongIssuer(key: String, value: String) {
    let problems = problems(Self.issuer.merging(["PROXYHOOKS_" + key: value]) { $1 })
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("PROXYHOOKS_\(key): ") == true, "\(problems)")
    #expect(!problems.joined().contains("hunter2"))
  }

  @Test("Settings of the issuer that contradict each other are refused")
  func contradictions() {
    let both = Self.issuer.merging(["PROXYHOOKS_TOKEN_JWKS_FILE": "/keys"]) { $1 }
    #expect(problems(both).first?.hasPrefix("PROXYHOOKS_TOKEN_JWKS_URL: ") == true)
    let secret = Self.issuer.merging([
      "PROXYHOOKS_TOKEN_HMAC_SECRET": Self.good["PROXYHOOKS_TOKEN_HMAC_SECRET"] ?? ""
    ]) { $1 }
    #expect(problems(secret).first?.hasPrefix("PROXYHOOKS_TOKEN_HMAC_KEY_ID: ") == true)
    #expect(problems(["PROXYHOOKS_TOKEN_JWKS_CA": "/ca"]).first?.hasPrefix("PROXYHOOKS_TOKEN_JWKS_CA: ") == true)
  }

  @Test("Every setting is documented once")
  func settings() {
    #expect(Set(Setting.all.map(\.key)).count == Setting.all.count)
    #expect(Setting.all.allSatisfy { !$0.help.isEmpty })
  }
}
