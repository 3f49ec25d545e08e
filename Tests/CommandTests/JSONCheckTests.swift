import Foundation
import Testing

@Suite("proxyhooks json check")
struct JSONCheckTests {
  @Test("Each file has one line, in order")
  func lines() async throws {
    let command = try CommandRun()
    let good = try command.file("good", #"{"a":[1.0,"\u00e4"]} "#)
    let bad = try command.file("bad", "[1,]")
    let result = try await command.run(["json", "check", good, bad, "-", good], input: "x".utf8)
    #expect(
      result.lines == [
        "accepted", "refused unexpected byte at byte 3", "refused unexpected byte at byte 0", "accepted",
      ])
    #expect(result.status == 1)
    #expect(try await command.run(["json", "check", good]).status == 0)
  }

  @Test("A file that can't be read is said so, and the others are checked")
  func unreadable() async throws {
    let command = try CommandRun()
    let good = try command.file("good", "1")
    let bad = try command.file("bad", "")
    let result = try await command.run(["json", "check", "none", good, command.folder.path, bad])
    #expect(result.lines == ["unreadable", "accepted", "unreadable", "refused unexpected end at byte 0"])
    #expect(result.errors == "none: No such file or directory\n\(command.folder.path): Is a directory\n")
    #expect(result.status == 2)
  }

  @Test("A hook's limits hold unless others are given, and a file without an end is only begun")
  func limits() async throws {
    let command = try CommandRun()
    let deep = try command.file("deep", String(repeating: "[", count: 17) + String(repeating: "]", count: 17))
    let large = try command.file("large", #"""# + String(repeating: "a", count: 65_535) + #"""#)
    let result = try await command.run(["json", "check", deep, large, "/dev/zero"])
    #expect(
      result.lines == [
        "refused too deep at byte 16", "refused too large at byte 65536", "refused too large at byte 65536",
      ])
    let wider = try await command.run(["json", "check", "--max-depth", "17", "--max-bytes", "65537", deep, large])
    #expect(wider.lines == ["accepted", "accepted"])
  }

  @Test(
    "All 283 cases of JSONTestSuite come out right; with --hook five more are refused, as documented",
    .enabled(if: Vectors.arePresent("JSONTestSuite"), "no vectors in \(Vectors.folder.path)"))
  func suite() async throws {
    let command = try CommandRun()
    let folder = Vectors.folder.appendingPathComponent("JSONTestSuite/test_parsing")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    func accepted(_ prefix: String, _ options: [String] = []) async throws -> Int {
      let files = names.filter { $0.hasPrefix(prefix) }.map { folder.appendingPathComponent($0).path }
      let lines = try await command.run(["json", "check"] + options + files).lines
      #expect(lines.count == files.count)
      #expect(lines.allSatisfy { $0 == "accepted" || $0.hasPrefix("refused ") })
      return lines.count { $0 == "accepted" }
    }
    #expect(try await accepted("y_") == 95)
    #expect(try await accepted("y_", ["--hook"]) == 90)
    #expect(try await accepted("n_") == 0)
    #expect(try await accepted("n_", ["--hook"]) == 0)
    #expect(try await accepted("i_", ["--hook"]) == 5)
  }
}
