import Auth
import Foundation
import StrictJSON
import Testing

/// The folder of public vectors, which are not part of this repository: that of `PROXYHOOKS_VECTORS`, else
/// `../shared/vectors` beside the package.
enum Vectors {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["PROXYHOOKS_VECTORS"] { return URL(fileURLWithPath: path) }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return root.deletingLastPathComponent().appendingPathComponent("shared/vectors")
  }()

  static func arePresent(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
  }
}

@Suite(
  "Wycheproof by proxyhooks jws verify",
  .enabled(if: Vectors.arePresent("wycheproof"), "no vectors in \(Vectors.folder.path)"))
struct JWSVectorTests {
  @Test(
    "The command says of every vector what the library says, which AuthTests hold against Wycheproof",
    arguments: [
      (file: "json_web_signature_test.json", count: 401, valid: 42),
      (file: "json_web_key_test.json", count: 26, valid: 5),
    ])
  func vectors(file: String, count: Int, valid: Int) async throws {
    let command = try CommandRun()
    let bytes = Array(try Data(contentsOf: Vectors.folder.appendingPathComponent("wycheproof/\(file)")))
    let limits = JSONLimits(
      maximumBytes: bytes.count, maximumDepth: 16, maximumMembers: 1_024, maximumNodes: 100_000)
    var verdicts: [String] = []
    for group in try #require(JSON.parse(bytes, limits: limits)["testGroups"]?.elements) {
      let key = Array(try #require(group["public"] ?? group["private"]).rawBytes)
      // Some are a JWS in JSON serialization, which here has to be one line.
      let lines = try #require(group["tests"]?.elements).map { test -> [UInt8] in
        let jws = try #require(test["jws"])
        return jws.string.map { Array($0.utf8) } ?? jws.rawBytes.filter { $0 != 0x0A }
      }
      let path = try command.file("key", key)
      let result = try await command.run(
        ["jws", "verify", "--key", path], input: lines.map { $0 + [0x0A] }.joined())
      guard let keys = try? KeySet(keyFile: key, allowed: Set(Algorithm.allCases)) else {
        #expect(result.status == 2 && result.output.isEmpty)
        verdicts += Array(repeating: "unusable", count: lines.count)
        continue
      }
      let expected = lines.map { line in
        do throws(TokenRefusal) {
          _ = try JWS.verify(line, keys: keys)
          return "valid"
        } catch {
          return "invalid \(error)"
        }
      }
      #expect(result.lines == expected)
      verdicts += result.lines
    }
    #expect(verdicts.count == count)
    #expect(verdicts.count { $0 == "valid" } == valid)
  }
}
