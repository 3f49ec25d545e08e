import Foundation
import StrictJSON
import Testing

@testable import Audit

@Suite struct WriterTests {
  @Test("A restart goes on with the chain")
  func restart() async throws {
    let folder = try LogFolder()
    for _ in 0..<3 { try await folder.write(5) }
    let verifier = try folder.verify(anchors: folder.anchors)
    #expect(verifier.places == [])
    let chain = try #require(verifier.chains.first)
    #expect(verifier.chains.count == 1)
    #expect(chain.decisions == 15 && chain.unclosedEnds == 0 && chain.isClosed && chain.first.seq == 0)
    #expect(try folder.names.count == 1)
  }

  @Test("Files are as large as they may be, follow each other, and each ends with a checkpoint")
  func rotation() async throws {
    let folder = try LogFolder()
    let log = try folder.log(fileBytes: 3_000)
    for number in 0..<60 {
      log.write(folder.body(number))
      try await Task.sleep(for: .milliseconds(3))
    }
    #expect(await log.closed())
    try await folder.write(5)
    let names = try folder.names
    #expect(names.count > 3)
    for name in names.dropLast() { #expect(try folder.lines(name).last?.contains(#""event":"checkpoint""#) == true) }
    for name in names.dropFirst() { #expect(try folder.lines(name).first?.contains(#""event":"continued""#) == true) }
    let verifier = try folder.verify(anchors: folder.anchors)
    #expect(verifier.places == [])
    #expect(verifier.chains.map(\.decisions) == [65])

    // A file taken out of the middle.
    try FileManager.default.removeItem(atPath: folder.file(names[1]))
    #expect(try folder.verify().places.map { $0.prefix(11) } == ["missing 3:1", "missing 3:1"])
  }

  @Test("The oldest files are removed, and the chain says so; a file that somebody else removes is missing")
  func removal() async throws {
    let folder = try LogFolder()
    let log = try folder.log(fileBytes: 3_000, filesKept: 2)
    for number in 0..<60 {
      log.write(folder.body(number))
      try await Task.sleep(for: .milliseconds(3))
    }
    #expect(await log.closed())
    let names = try folder.names
    #expect(names.count == 2 && names.last != LogFiles.name(2))
    let verifier = try folder.verify(anchors: folder.anchors)
    #expect(verifier.places == [])
    #expect(verifier.chains.first?.removedFiles.isEmpty == false)
    #expect(verifier.anchorsBefore > 0)

    try FileManager.default.removeItem(atPath: folder.file(names[0]))
    #expect(try folder.verify().kinds == [.missing])
  }

  @Test("Half a line that a killed process left is named by the next one, and stays")
  func torn() async throws {
    let folder = try LogFolder()
    try await folder.write(5)
    let lines = try folder.lines()
    try folder.replace(Array(lines.prefix(5)) + [String(lines[5].prefix(40))], end: "")
    #expect(try folder.verify().kinds == [.torn])

    try await folder.write(5)
    let verifier = try folder.verify()
    #expect(verifier.places == [])
    #expect(verifier.chains.map(\.unclosedEnds) == [1])
    #expect(verifier.chains.map(\.decisions) == [8])
    #expect(
      folder.notices.withLock { $0 }.contains { if case .torn(let line) = $0 { line.bytes == 40 } else { false } })

    // The half is accounted for to the byte.
    try folder.replace(Array(lines.prefix(5)) + [String(lines[5].prefix(39)) + "x"], in: LogFiles.name(1), end: "")
    #expect(try folder.verify().kinds == [.torn])
  }

  @Test("Half of a file's first line does not end the chain")
  func tornFirstLine() async throws {
    let folder = try LogFolder()
    try await folder.write(5)
    try "{\"log\":\"".write(toFile: folder.file(LogFiles.name(2)), atomically: false, encoding: .utf8)
    try await folder.write(5)
    let verifier = try folder.verify()
    #expect(verifier.places == [])
    #expect(verifier.chains.map(\.decisions) == [10])
    #expect(try folder.names.count == 3)
  }

  @Test("A file that was begun and not written to is used")
  func emptyFile() async throws {
    let folder = try LogFolder()
    try await folder.write(5)
    try "".write(toFile: folder.file(LogFiles.name(2)), atomically: false, encoding: .utf8)
    try await folder.write(5)
    #expect(try folder.verify().places == [])
    #expect(try folder.names.count == 2)
  }

  @Test("Behind a damaged end another chain is begun, and the damage shows")
  func damaged() async throws {
    let folder = try LogFolder()
    try await folder.write(5)
    var lines = try folder.lines()
    lines[lines.count - 1].replace("closed", with: "kloset")
    try folder.replace(lines)
    try await folder.write(5)
    let verifier = try folder.verify()
    #expect(verifier.kinds == [.changed, .unlinked])
    #expect(verifier.chains.count == 2)
    #expect(folder.notices.withLock { $0 }.contains(.damaged(file: LogFiles.name(1))))
  }

  @Test("Two processes can't write to one directory")
  func inUse() async throws {
    let folder = try LogFolder()
    let log = try folder.log()
    #expect { _ = try folder.log() } throws: { "\($0)".contains("another instance") }
    #expect(await log.closed())
    let next = try folder.log()
    #expect(await next.closed())
  }

  @Test("A directory that is not there, and a file in its place, are refused")
  func noDirectory() throws {
    let folder = try LogFolder()
    try "x".write(toFile: folder.file("file"), atomically: false, encoding: .utf8)
    for name in ["missing", "file"] {
      let destination = DirectoryDestination(path: folder.file(name), fileBytes: 1, filesKept: 0)
      #expect(throws: LogFailure.self) { _ = try destination.open() }
    }
  }

  @Test("What one writes stays in its order among what others write")
  func order() async throws {
    let folder = try LogFolder()
    let log = try folder.log()
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask { for number in 0..<500 { log.write(folder.body(writer * 1_000 + number)) } }
      }
    }
    #expect(await log.closed())
    #expect(try folder.verify().places == [])
    var next = [Int](repeating: 0, count: 8)
    for line in try folder.lines() {
      guard let id = try JSON.parse(Array(line.utf8))["id"]?.string.flatMap({ Int($0) }) else { continue }
      #expect(id % 1_000 == next[id / 1_000])
      next[id / 1_000] += 1
    }
    #expect(next == [Int](repeating: 500, count: 8))
  }

  @Test("A checkpoint comes by itself once lines were written")
  func checkpoints() async throws {
    let folder = try LogFolder()
    let log = try folder.log(folder.settings(checkpointSeconds: 1))
    log.write(folder.body(1))
    try await eventually("a checkpoint after the line") {
      folder.notices.withLock { $0 }.contains { notice in
        if case .checkpoint(let checkpoint) = notice { checkpoint.position.seq > 2 } else { false }
      }
    }
    #expect(try folder.lines()[3].contains(#""event":"checkpoint""#))
    #expect(await log.closed())
  }
}
