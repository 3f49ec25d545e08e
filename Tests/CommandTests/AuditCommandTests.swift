import Audit
import Foundation
import Testing

@Suite("audit")
struct AuditCommandTests {
  private let command: CommandRun
  private let log: String
  private let key: String
  private let published: String

  /// A signed log of six decisions in a directory.
  init() async throws {
    command = try CommandRun()
    log = command.folder.appendingPathComponent("log").path
    key = command.folder.appendingPathComponent("key.jwk").path
    try FileManager.default.createDirectory(atPath: log, withIntermediateDirectories: true)
    let made = try await command.run(["audit", "key", key])
    #expect(made.status == 0)
    published = try command.file("public.jwk", made.output)
    let (path, signer) = (log, try CheckpointSigner(keyFile: Array(Data(contentsOf: URL(filePath: key)))))
    let chained = try ChainedLog(
      to: DirectoryDestination(path: path, fileBytes: 1 << 20, filesKept: 0),
      settings: ChainedLogSettings(service: "test", signer: signer, time: { "2026-01-31T09:00:00.000Z" })
    ) { _ in }
    for number in 0..<6 {
      let place =
        number % 2 == 0
        ? #""channel":"match:m\#(number)""#
        : #""method":"chat:history","match":"n\#(number)","facts":{"match":"open"}"#
      let shadow = number == 3 ? #""shadow":{"outcome":"deny","rule":"other"},"# : ""
      chained.write(
        Array(
          (#"{"time":"2026-01-31T09:0\#(number):00.000Z","id":"\#(number)","hook":"\#(number % 2 == 0 ? "publish" : "rpc")","#
            + #""user":"\#(number < 3 ? "alice" : "b\\u001B[2Jb")",\#(place),"outcome":"\#(number == 4 ? "deny" : "allow")","#
            + #""reason":"r","rule":"rule.\#(number)",\#(shadow)"us":{"all":\#(number)}}"#).utf8))
    }
    let isWritten = await withCheckedContinuation { continuation in
      chained.close(within: 10_000) { continuation.resume(returning: $0) }
    }
    #expect(isWritten)
  }

  private var file: String { log + "/decisions-000000001.jsonl" }

  @Test("A key is for its owner's eyes, never written over another file, and its public half can be had again")
  func keys() async throws {
    let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let again = try await command.run(["audit", "key", key])
    #expect(again.status == 1 && again.output.isEmpty)
    let shown = try await command.run(["audit", "key", "--public", key])
    #expect(shown.output == (try String(contentsOfFile: published, encoding: .utf8)))
  }

  @Test("An intact log ends with 0, and what is proven is said")
  func intact() async throws {
    let result = try await command.run(["audit", "verify", log, "--key", published])
    #expect(result.status == 0)
    #expect(result.lines.last == "intact")
    #expect(result.output.contains("lines 0 to 8,"))
    #expect(result.output.contains("6 decisions"))
    #expect(result.output.contains("proven to line 8, 2026-01-31T09:00:00.000Z, by 2 signed checkpoints"))
    #expect(result.output.contains("--anchors"))
    let unkeyed = try await command.run(["audit", "verify", log])
    #expect(unkeyed.status == 0 && unkeyed.output.contains("No signature was looked at"))
  }

  @Test("A changed line ends with 1 and is named by file, line and number")
  func changed() async throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacing(#""outcome":"deny","reason""#, with: #""outcome":"allow","reason""#)
      .write(toFile: file, atomically: false, encoding: .utf8)
    let result = try await command.run(["audit", "verify", log, "--key", published])
    #expect(result.status == 1)
    #expect(result.output.contains("decisions-000000001.jsonl:7: changed line 6 of chain "))
    #expect(result.lines.last == "not intact: 1 finding")
  }

  @Test("What was cut is found with the service's own log")
  func cut() async throws {
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    let last = try #require(lines.last)
    let (id, hash) = (last.dropFirst(8).prefix(16), last.dropLast(2).suffix(64))
    let service = try command.file(
      "service.log",
      "{\"message\":\"other\"}\n"
        + #"{"time":"x","level":"notice","message":"decision log checkpoint","log":"\#(id)","seq":"8","hash":"\#(hash)","at":"2026-01-31T09:00:00.000Z"}"#
        + "\n")
    let whole = try await command.run(["audit", "verify", log, "--key", published, "--anchors", service])
    #expect(whole.status == 0 && whole.output.contains("1 checkpoint in the service's log: 1 found"))
    try (lines.dropLast(2).joined(separator: "\n") + "\n").write(toFile: file, atomically: false, encoding: .utf8)
    let cut = try await command.run(["audit", "verify", log, "--key", published, "--anchors", service])
    #expect(cut.status == 1 && cut.output.contains("cut lines 7 to 8"))
  }

  @Test("A stream is verified among other lines, and what can't be read ends with 2")
  func streams() async throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let mixed = Array(text.replacing("\n", with: "\n{\"level\":\"info\"}\n").utf8)
    let result = try await command.run(["audit", "verify", "-"], input: mixed)
    #expect(result.status == 0 && result.output.contains("9 lines of no chain passed over"))
    for arguments in [[log + "/none"], [log, "--key", file], [log, "--anchors", log + "/none"]] {
      #expect(try await command.run(["audit", "verify"] + arguments).status == 2, "\(arguments)")
    }
    for arguments in [[], [log, file], ["--database", log]] {
      #expect(try await command.run(["audit", "verify"] + arguments).status == 64, "\(arguments)")
    }
  }

  private func found(_ arguments: String...) async throws -> String {
    let result = try await command.run(["audit", "query", log] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return result.lines.compactMap { $0.firstMatch(of: /"id":"(\d)"/)?.output.1 }.joined()
  }

  @Test("What is asked for is printed as it was written, and nothing else")
  func query() async throws {
    #expect(try await found() == "012345")
    #expect(try await found("--user", "alice") == "012")
    #expect(try await found("--user", "alice", "--hook", "publish") == "02")
    #expect(try await found("--match", "m4") == "4")
    #expect(try await found("--match", "n5") == "5")
    #expect(try await found("--match", "open") == "")
    #expect(try await found("--channel", "match:m2") == "2")
    #expect(try await found("--method", "chat:history", "--limit", "2") == "13")
    #expect(try await found("--outcome", "deny") == "4")
    #expect(try await found("--rule", "rule.5") == "5")
    #expect(try await found("--reason", "R") == "")
    #expect(try await found("--shadow-differs") == "3")
    #expect(try await found("--since", "2026-01-31T09:02Z", "--until", "2026-01-31T10:04:00+01:00") == "23")
    #expect(try await found("--since", "2026-01-31", "--until", "2026-02-01") == "012345")
    #expect(try await found("--since", "1h") == "")
    let lines = Set(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init))
    #expect(try await command.run(["audit", "query", log]).lines.allSatisfy { lines.contains($0) })
    #expect(try await command.run(["audit", "query", log, "--user", "alice", "--count"]).output == "3\n")
  }

  @Test("A table shows nothing that moves a terminal's cursor")
  func table() async throws {
    let result = try await command.run(["audit", "query", log, "--table"])
    #expect(result.lines.count == 7)
    #expect(result.output.contains("b?[2Jb") && !result.output.contains("\u{1B}"))
  }

  @Test(
    "A time that is none is refused",
    arguments: ["yesterday", "2026-02-31", "2026-01-31T09:02", "-2h", "2w", "2026-01-31x"])
  func times(text: String) async throws {
    #expect(try await command.run(["audit", "query", log, "--since", text]).status == 64)
  }
}
