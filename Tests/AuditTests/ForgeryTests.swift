import Foundation
import Testing

@testable import Audit

/// Logs made by someone who can write to them and has no key.
@Suite struct ForgeryTests {
  private let folder: LogFolder
  private let file = LogFiles.name(1)

  init() throws { folder = try LogFolder() }

  @Test("A signature vouches for no chain but the one it was made for, whatever its line says of the hash before")
  func replayedSignatures() async throws {
    try await folder.write(5)
    try await folder.write(5)
    var lines = try folder.lines()
    // 0 opened, 1 checkpoint, 2 to 6 decisions, 7 closed, 8 resumed, 9 checkpoint, 10 to 14 decisions, 15 closed.
    lines[3].replace("alice", with: "mallory")
    try folder.replace(folder.rehashed(lines, from: 3), in: file)
    let verifier = try folder.verify()
    #expect(verifier.places == ["changed 1:8 7-7", "changed 1:9 8-8", "changed 1:10 9-9", "changed 1:16 15-15"])
    #expect(verifier.chains.first?.signedCheckpoints == 1)
  }

  @Test("A chain without checkpoints is not intact to whoever has the key")
  func noCheckpoints() throws {
    var made = try MadeChain(signer: nil)
    try made.opened()
    for _ in 0..<3 { try made.decision() }
    try folder.replace(made.lines, in: file)
    #expect(try Set(folder.verify().kinds) == [.unsigned])
    #expect(try folder.verify(made.lines).kinds.contains(.unsigned))
    // A part that has none neither.
    #expect(try folder.verify(Array(made.lines.dropFirst(2))).places == ["unsigned :1 2-3"])
    #expect(try folder.verify(keys: CheckpointKeys()).isIntact)
  }

  @Test("A process's first decision comes behind its first checkpoint")
  func lateCheckpoint() throws {
    var made = try MadeChain(signer: folder.signer)
    try made.opened()
    try made.checkpoint()
    try made.decision()
    try made.event("resumed", #","checkpoint_seconds":60,"closed":false"#)
    try made.decision()
    try made.checkpoint()
    try folder.replace(made.lines, in: file)
    #expect(try folder.verify().places == ["unsigned 1:5 4-4"])
  }

  @Test("Of a process that was killed at its start there may be an opening line alone, and the next goes on")
  func killedAtItsStart() async throws {
    try await folder.write(1)
    try folder.replace(Array(try folder.lines().prefix(1)), in: file)
    try await folder.write(2)
    #expect(try folder.verify().places == [])
  }

  @Test(
    "Lines over longer than checkpoints take, and none after the last, are found",
    arguments: [(1, 200, true), (2, 200, false)])
  func staleTail(step: Int, count: Int, isIntact: Bool) throws {
    var made = try MadeChain(signer: folder.signer)
    try made.opened()
    try made.checkpoint()
    // Idle as long as a service may be.
    made.clock = 590
    for _ in 0..<count {
      made.clock += step
      try made.decision()
    }
    try folder.replace(made.lines, in: file)
    let verifier = try folder.verify()
    #expect(verifier.places == (isIntact ? [] : ["unsigned - 2-201"]))
    #expect(verifier.chains.first?.provenUntil?.seq == 1)
  }

  @Test("A line without a time, or long after the checkpoint that an idle service writes, is found")
  func staleLine() throws {
    for clock in [800, 900] {
      var made = try MadeChain(signer: folder.signer)
      try made.opened()
      try made.checkpoint()
      made.clock = clock
      try made.decision()
      try folder.replace(made.lines, in: file)
      #expect(try folder.verify().isIntact == (clock == 800))
      let (line, before) = (made.lines[2], made.lines[1])
      let undated = try folder.rehashed(line.replacing(/"time":"[^"]*"/, with: #""time":"x""#), after: before)
      try folder.replace([made.lines[0], before, undated], in: file)
      #expect(try folder.verify().places == ["unsigned - 2-2"])
    }
  }

  @Test("A file that does not end with a checkpoint is not followed by another")
  func fileWithoutCheckpoint() throws {
    var made = try MadeChain(signer: folder.signer)
    try made.opened()
    try made.checkpoint()
    try made.decision()
    try folder.replace(made.lines, in: file)
    try made.event("continued")
    try made.checkpoint()
    try folder.replace(Array(made.lines.dropFirst(3)), in: LogFiles.name(2))
    #expect(try folder.verify().places == ["unsigned 2:1 3-3"])
  }

  @Test("A first line that no line before vouches for is not proven")
  func firstLine() async throws {
    try await folder.write(8)
    // 0 opened, 1 checkpoint, 2 to 9 decisions, 10 closed.
    var lines = Array(try folder.lines().dropFirst(4))
    lines[0].replace("alice", with: "mallo")
    let stream = try folder.verify(lines)
    #expect(stream.places == [] && stream.chains.first?.beginsUnproven == true)
    #expect(try folder.verify(lines, as: .table).places == ["missing :1 3-3"])
    let closed = try folder.verify(Array(lines.suffix(1)))
    #expect(closed.places == [] && closed.chains.first?.beginsUnproven == false)
    #expect(try folder.verify(Array(lines.suffix(1)), as: .table).places == [])
  }

  @Test("What is kept of a directory begins with a file's first line", arguments: [1, 2])
  func cutBeginning(lines count: Int) async throws {
    let log = try folder.log(fileBytes: 3_000, filesKept: 2)
    for number in 0..<60 {
      log.write(folder.body(number))
      try await Task.sleep(for: .milliseconds(3))
    }
    #expect(await log.closed())
    #expect(try folder.verify().places == [])
    let name = try #require(try folder.names.first)
    let lines = Array(try folder.lines(name).dropFirst(count))
    try folder.replace(lines, in: name)
    #expect(try folder.verify().kinds == [.missing])
  }

  @Test("Another's chain between a chain's lines is found, and so is one that begins in the middle of a file")
  func smuggled() throws {
    var made = try MadeChain(signer: folder.signer)
    try made.opened()
    try made.checkpoint()
    for _ in 0..<2 { try made.decision() }
    var other = try MadeChain(signer: nil)
    try other.opened(made.after())
    try other.decision("mallory")
    let before = made.lines
    try made.decision()
    try made.checkpoint()
    try folder.replace(before + other.lines + made.lines.dropFirst(4), in: file)
    for keys in [nil, CheckpointKeys()] {
      let found = try folder.verify(keys: keys).places
      #expect(found.contains("unlinked 1:5 0-0") && found.contains("unlinked 1:7 4-4"), "\(found)")
    }
  }

  @Test("Nothing at all is not intact")
  func empty() throws {
    #expect(try folder.verify().places == ["missing - "])
    #expect(try folder.verify(["hello"]).places == ["missing - "])
    try folder.replace([], in: file, end: "")
    #expect(try folder.verify().places == ["missing - "])
  }

  @Test("What is found beyond what is kept is held against the chain that has it")
  func manyFindings() async throws {
    var first = try MadeChain(signer: folder.signer)
    try first.opened()
    try first.checkpoint()
    for _ in 0..<1_200 { try first.decision() }
    try first.checkpoint()
    var second = try MadeChain(signer: folder.signer)
    try second.opened(first.after())
    try second.checkpoint()
    try second.decision()
    try second.checkpoint()
    func touched(_ lines: [String]) -> [String] { lines.map { $0.replacing("alice", with: "mallo") } }
    try folder.replace(touched(first.lines), in: file)
    try folder.replace(touched(second.lines), in: LogFiles.name(2))
    let verifier = try folder.verify()
    #expect(verifier.moreFindings > 0)
    #expect(verifier.chains.map(\.firstFault) == [2, 2])
  }
}
