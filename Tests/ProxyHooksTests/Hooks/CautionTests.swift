import CLinux
import Foundation
import Testing

@testable import ProxyHooks

@Suite("What settings leave open")
struct CautionTests {
  private static let closed = [
    "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": "a secret of at least thirty-two bytes",
    "PROXYHOOKS_TOKEN_HMAC_KEY_ID": "own", "PROXYHOOKS_DATABASE_URL": "postgresql:///x",
    "PROXYHOOKS_REDIS_URL": "redis://localhost",
    "PROXYHOOKS_TOKEN_AUDIENCE": "chat", "PROXYHOOKS_TOKEN_ISSUER": "https://app.example",
  ]

  private func configuration(_ change: [String: String]) throws -> Configuration {
    try Configuration(environment: Self.closed.merging(change) { $1 }, file: nil, readFile: { _ in nil })
  }

  @Test("A service on its own machine that checks audience and issuer starts without a warning")
  func closed() throws {
    #expect(try configuration([:]).cautions == [])
    #expect(try configuration(["PROXYHOOKS_TOKEN_JWKS_URL": "https://issuer.example/keys"]).cautions == [])
    for url in ["host=/run/postgresql", "postgresql://127.0.0.1,[::1]/x", "host=db.example sslmode=verify-full"] {
      #expect(try configuration(["PROXYHOOKS_DATABASE_URL": url]).cautions == [], "\(url)")
    }
    for url in ["unix:/run/redis.sock", "redis://127.1.2.3", "redis://[::1]"] {
      #expect(try configuration(["PROXYHOOKS_REDIS_URL": url]).cautions == [], "\(url)")
    }
  }

  @Test(
    "Each setting that leaves something open is warned of by its key, once and without its value",
    arguments: [
      ("TOKEN_AUDIENCE", ""), ("TOKEN_ISSUER", ""), ("TOKEN_JWKS_URL", "http://127.0.0.1/keys?hunter2"),
      ("LISTEN", "0.0.0.0:8080"), ("LISTEN", "[::]:8080"),
      ("OPERATIONS_LISTEN", "10.0.0.1:9090"), ("DATABASE_URL", "postgresql://me:hunter2@db.example/x"),
      ("DATABASE_URL", "host=db.example sslmode=require password=hunter2"), ("DATABASE_URL", "hostaddr=10.0.0.1"),
      ("DATABASE_URL", "host=localhost,db.example"), ("DATABASE_URL", "host=localhost hostaddr=10.0.0.1"),
      ("DATABASE_URL", "postgresql://db.example/x?sslmode=verify-ca"), ("REDIS_URL", "redis://:hunter2@redis.example"),
      ("REDIS_URL", "redis://[::2]"), ("REDIS_URL", "redis://127.evil.example"),
    ])
  func open(key: String, value: String) throws {
    let cautions = try configuration(["PROXYHOOKS_" + key: value]).cautions
    #expect(cautions.count == 1)
    #expect(cautions.first?.hasPrefix("PROXYHOOKS_\(key): ") == true, "\(cautions)")
    #expect(cautions.allSatisfy { !$0.contains("hunter2") && !$0.contains("example") })
  }

  @Test("A caller's secret that signs tokens too is refused", arguments: ["SECRET", "SECRET_PREVIOUS"])
  func oneForTwo(key: String) {
    #expect {
      _ = try configuration(["PROXYHOOKS_" + key: "a secret of at least thirty-two bytes"])
    } throws: { error in
      (error as? ConfigurationError)?.problems.map { $0.hasPrefix("PROXYHOOKS_\(key): ") } == [true]
    }
  }

  @Test("A file of secrets that others may read, and a file of either kind that others may write, is warned of")
  func modes() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "proxyhooks-\(UUID().uuidString)").path
    try #require(FileManager.default.createFile(atPath: path, contents: nil))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let modes: [(mode: mode_t, ofSecrets: Int, ofOthers: Int)] = [
      (0o600, 0, 0), (0o640, 0, 0), (0o644, 1, 0), (0o660, 1, 1), (0o602, 1, 1), (0o666, 2, 1),
    ]
    for (mode, ofSecrets, ofOthers) in modes {
      try #require(chmod(path, mode) == 0)
      #expect(FileExposure.cautions(of: path, isSecret: true).count == ofSecrets, "\(String(mode, radix: 8))")
      #expect(FileExposure.cautions(of: path, isSecret: false).count == ofOthers, "\(String(mode, radix: 8))")
    }
    #expect(FileExposure.cautions(of: path + "-missing", isSecret: true).isEmpty)
  }

  @Test("The process' memory is in no core dump")
  func memory() {
    ProcessMemory.keepPrivate()
    #expect(clinux_is_dumpable() == 0)
  }
}
