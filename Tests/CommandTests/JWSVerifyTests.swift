import Auth
import Foundation
import StrictJSON
import Testing

@Suite("proxyhooks jws verify")
struct JWSVerifyTests {
  private static let secret = Array("a test's own secret, which has no business anywhere else at all!".utf8)
  private static let jwk =
    #"{"kty":"oct","alg":"HS256","k":"\#(Data(secret).base64EncodedString().replacing("=", with: ""))"}"#

  /// A JWS whose payload is `payload` bytes long.
  private static func jws(payload: Int = 2) throws -> String {
    let claims = "{" + String(repeating: " ", count: payload - 2) + "}"
    return try TokenSigner(key: SigningKey(secret: secret), algorithm: .hs256).sign(claimsJSON: Array(claims.utf8))
  }

  @Test("A line feed alone ends a line; each line has its verdict, in order")
  func lines() async throws {
    let command = try CommandRun()
    let key = try command.file("key", Self.jwk)
    let good = try Self.jws()
    let input = "\(good)\n\n\(good)\r\nx\n\(good.dropLast())\n \(good)\n\(good)"
    let result = try await command.run(["jws", "verify", "--key", key], input: input.utf8)
    #expect(
      result.lines == [
        "valid", "invalid wrong_part_count", "invalid malformed_encoding", "invalid wrong_part_count",
        "invalid malformed_encoding", "invalid malformed_encoding", "valid",
      ])
    #expect(result.status == 1)
    #expect(result.errors.isEmpty)
  }

  @Test("Where all are valid the status is 0, also of none")
  func allValid() async throws {
    let command = try CommandRun()
    let key = try command.file("key", Self.jwk)
    for (input, count) in [("", 0), ("\(try Self.jws())\n", 1)] {
      let result = try await command.run(["jws", "verify", "--key", key], input: input.utf8)
      #expect(result.lines == Array(repeating: "valid", count: count))
      #expect(result.status == 0)
    }
  }

  @Test("A line of any length is one line, and too large beyond the bound")
  func longLines() async throws {
    let command = try CommandRun()
    let key = try command.file("key", Self.jwk)
    let large = try Self.jws(payload: 60_000)
    let endless = String(repeating: "a", count: 1_000_000)
    let file = try command.file("lines", "\(endless)\n\(large)\n\(try Self.jws())\n\(endless)")
    let standard = try await command.run(["jws", "verify", "--key", key, file])
    #expect(standard.lines == ["invalid too_large", "invalid too_large", "valid", "invalid too_large"])
    let exactly = try await command.run(["jws", "verify", "--key", key, "--max-bytes", "\(large.utf8.count)", file])
    #expect(exactly.lines == ["invalid too_large", "valid", "valid", "invalid too_large"])
    let less = try await command.run(["jws", "verify", "--key", key, "--max-bytes", "\(large.utf8.count - 1)", file])
    #expect(less.lines == ["invalid too_large", "invalid too_large", "valid", "invalid too_large"])
  }

  @Test("Each line is answered before the next is sent")
  func interactive() async throws {
    let command = try CommandRun()
    let key = try command.file("key", Self.jwk)
    let status = try await offTheCooperativePool {
      let process = command.process(["jws", "verify", "--key", key])
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      let good = try Self.jws()
      for (line, answer) in [(good, "valid\n"), ("", "invalid wrong_part_count\n"), (good, "valid\n")] {
        try input.fileHandleForWriting.write(contentsOf: Array("\(line)\n".utf8))
        var heard: [UInt8] = []
        while heard.last != 0x0A, let more = try output.fileHandleForReading.read(upToCount: 1), !more.isEmpty {
          heard += more
        }
        #expect(String(decoding: heard, as: UTF8.self) == answer)
      }
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(status == 1)
  }

  @Test("A key that can't be used, or a file that can't be read, is status 2 with its reason")
  func unreadable() async throws {
    let command = try CommandRun()
    let good = try command.file("key", Self.jwk)
    let short = try command.file("short", #"{"kty":"oct","alg":"HS256","k":"AQAB"}"#)
    let raw = try command.file("raw", Self.secret)
    for (key, message) in [
      (command.folder.path + "/none", "--key: No such file or directory\n"), (raw, "--key: malformed_set\n"),
      (short, "--key: no_usable_key (keys[0]: secret_too_short)\n"),
    ] {
      let result = try await command.run(["jws", "verify", "--key", key], input: "\(try Self.jws())\n".utf8)
      #expect(result.errors == message)
      #expect(result.output.isEmpty)
      #expect(result.status == 2)
    }
    let lines = try command.file("lines", try Self.jws())
    let result = try await command.run(["jws", "verify", "--key", good, "none", lines])
    #expect(result.lines == ["valid"])
    #expect(result.errors == "none: No such file or directory\n")
    #expect(result.status == 2)
  }

  @Test("--algorithm allows what it names alone")
  func algorithms() async throws {
    let command = try CommandRun()
    let key = try command.file("key", Self.jwk)
    let result = try await command.run(["jws", "verify", "--key", key, "--algorithm", "HS512", "--algorithm", "RS256"])
    #expect(result.errors == "--key: no_usable_key (keys[0]: algorithm_not_allowed)\n")
  }
}
