import Foundation
import Testing

@testable import Audit

/// The verifier that `docs/decision-log.md` has in Python, which knows nothing of this one's code.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"))) struct DocumentTests {
  /// The script out of the document, run on a folder; its status and what it said last.
  private func run(_ folder: LogFolder, key: Bool) throws -> (status: Int32, said: String) {
    let document = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/decision-log.md")
    let text = try String(contentsOf: document, encoding: .utf8)
    let script = try #require(text.firstMatch(of: /```python\n((?s).*?)\n```/)).output.1
    var arguments = ["-c", String(script), folder.path]
    if key {
      let path = folder.file("public.jwk")
      try Data(try #require(folder.signer).publicJWK).write(to: URL(filePath: path))
      arguments.append(path)
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  private func log() async throws -> LogFolder {
    let folder = try LogFolder()
    let log = try folder.log(fileBytes: 3_000, filesKept: 3)
    for number in 0..<40 {
      log.write(folder.body(number))
      try await Task.sleep(for: .milliseconds(3))
    }
    #expect(await log.closed())
    try await folder.write(3, fileBytes: 3_000)
    return folder
  }

  @Test("A verifier made from the document alone agrees that a log is whole, and that a changed one is not")
  func hashes() async throws {
    let folder = try await log()
    let chain = try #require(try folder.verify().chains.first)
    #expect(try run(folder, key: false) == (0, "chain \(chain.log) to line \(chain.last.seq)\n"))
    let name = try #require(try folder.names.last)
    var lines = try folder.lines(name)
    lines[0].replace("2026", with: "2025")
    try folder.replace(lines, in: name)
    let (status, said) = try run(folder, key: false)
    #expect(status == 1 && said.contains("\(name):1: hash"))
  }

  @Test("It verifies the signatures too, where Python has what that needs")
  func signatures() async throws {
    let folder = try await log()
    let (status, said) = try run(folder, key: true)
    if said.contains("ModuleNotFoundError") { return }
    #expect(status == 0, "\(said)")
    let other = try LogFolder()
    try await other.write(1)
    try FileManager.default.removeItem(atPath: other.file(LogFiles.name(1)))
    for name in try folder.names {
      try FileManager.default.copyItem(atPath: folder.file(name), toPath: other.file(name))
    }
    #expect(try run(other, key: true).said.contains("InvalidSignature"))
  }
}
