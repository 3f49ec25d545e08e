import Foundation
import Testing

@testable import Audit

/// A signed log of ten decisions. Lines: 0 opened, 1 checkpoint, 2 to 11 decisions, 12 closed.
@Suite struct VerifierTests {
  private let folder: LogFolder

  init() async throws {
    folder = try LogFolder()
    try await folder.write(10)
  }

  @Test("An untouched log is intact, and proven to its last line")
  func untouched() throws {
    let verifier = try folder.verify(anchors: folder.anchors)
    #expect(verifier.places == [])
    let chain = try #require(verifier.chains.first)
    #expect(verifier.chains.count == 1)
    #expect(chain.first.seq == 0 && chain.last.seq == 12 && chain.provenUntil?.seq == 12)
    #expect(chain.decisions == 10 && chain.lost == 0 && chain.signedCheckpoints == 2 && chain.isClosed)
    #expect(verifier.anchorsFound == 2)
  }

  @Test("Every single changed bit is found, in the line that has it")
  func changedBits() async throws {
    let folder = try LogFolder()
    try await folder.write(1)
    let name = try #require(try folder.names.first)
    let keys = try folder.keys
    let bytes = Array(try folder.text(name).utf8)
    var number = 1
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << UInt8(index % 7)
      var verifier = try LogVerifier(.directory, keys: keys)
      verifier.begin(file: name)
      let lines = changed.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for (line, text) in lines.dropLast().enumerated() {
        verifier.read(text, at: LogPlace(file: name, line: line + 1))
      }
      if let half = lines.last, !half.isEmpty {
        verifier.read(half: Array(half), at: LogPlace(file: name, line: lines.count))
      }
      verifier.finish()
      let found = verifier.findings.contains { finding in finding.place.map { abs($0.line - number) <= 1 } ?? false }
      #expect(found, "byte \(index) of line \(number)")
      if bytes[index] == UInt8(ascii: "\n") { number += 1 }
    }
  }

  @Test("A changed line is named, and no other")
  func changed() throws {
    var lines = try folder.lines()
    lines[5].replace("allow", with: "deny!")
    try folder.replace(lines)
    #expect(try folder.verify().places == ["changed 1:6 5-5"])
  }

  @Test("A line that was changed and hashed anew is found by the line after it")
  func rehashed() throws {
    var lines = try folder.lines()
    lines[5] = try folder.rehashed(lines[5].replacing("allow", with: "deny!"), after: lines[4])
    try folder.replace(lines)
    #expect(try folder.verify().places == ["changed 1:7 6-6"])
  }

  @Test("A log that was changed and hashed anew to its end is found by its checkpoints")
  func rehashedToTheEnd() throws {
    var lines = try folder.lines()
    lines[5].replace("allow", with: "deny!")
    for index in 5..<lines.count {
      let before = try #require(lines[index - 1].split(separator: #""hash":""#).last).prefix(64)
      if index == 12 { lines[index].replace(/"prev":"[0-9a-f]+"/, with: #""prev":"\#(before)""#) }
      lines[index] = try folder.rehashed(lines[index], after: lines[index - 1])
    }
    try folder.replace(lines)
    #expect(try folder.verify().places == ["forged 1:13 12-12"])
    // Without a key nothing in the log is against it; the service's own log is.
    #expect(try folder.verify(keys: CheckpointKeys()).isIntact)
    #expect(try folder.verify(keys: CheckpointKeys(), anchors: folder.anchors).places == ["cut 1:13 12-12"])
  }

  @Test("A line that was taken out is missing", arguments: [1, 2, 6, 11])
  func missing(line: Int) throws {
    var lines = try folder.lines()
    lines.remove(at: line)
    try folder.replace(lines)
    #expect(try folder.verify().places == ["missing 1:\(line + 1) \(line)-\(line)"])
  }

  @Test("Lines that were taken out from the beginning are missing")
  func missingBeginning() throws {
    try folder.replace(Array(try folder.lines().dropFirst(3)))
    #expect(try folder.verify().places == ["missing 1:1 0-2"])
  }

  @Test("Two lines that changed places are found")
  func moved() throws {
    var lines = try folder.lines()
    lines.swapAt(5, 6)
    try folder.replace(lines)
    #expect(try folder.verify().places == ["moved 1:7 5-5"])
  }

  @Test("A line put in is found, and what follows is not held against the lines that were there")
  func inserted() throws {
    var lines = try folder.lines()
    lines.insert(lines[5].replacing("alice", with: "mallo"), at: 5)
    try folder.replace(lines)
    #expect(try folder.verify().places == ["changed 1:6 5-5", "repeated 1:7 5-5"])
  }

  @Test("A line put in that is hashed as it should be is found by the one that has its number")
  func insertedWithHash() throws {
    var lines = try folder.lines()
    let forged = try folder.rehashed(lines[5].replacing("alice", with: "mallo"), after: lines[4])
    lines.insert(forged, at: 5)
    try folder.replace(lines)
    #expect(try folder.verify().places == ["repeated 1:7 5-5"])
  }

  @Test("A copied line is found")
  func copied() throws {
    var lines = try folder.lines()
    lines.insert(lines[7], at: 8)
    try folder.replace(lines)
    #expect(try folder.verify().places == ["repeated 1:9 7-7"])
  }

  @Test(
    "A line of nobody's is found, and so is one that only begins as a chain's",
    arguments: ["hello", #"{"log":"x"}"#, ""])
  func foreign(line: String) throws {
    var text = try folder.lines()
    text.insert(line, at: 4)
    try folder.replace(text)
    #expect(try folder.verify().places == ["foreign 1:5 "])
  }

  @Test("A file that ends in the middle of a line is found")
  func cutInALine() throws {
    var lines = try folder.lines()
    lines[12] = String(lines[12].prefix(100))
    try folder.replace(lines, end: "")
    #expect(try folder.verify().places == ["torn 1:13 "])
  }

  @Test("Lines cut off at the end are found by the service's own log, and by nothing else")
  func cut() throws {
    try folder.replace(Array(try folder.lines().dropLast(4)))
    let alone = try folder.verify()
    #expect(alone.isIntact)
    #expect(alone.chains.first?.isClosed == false && alone.chains.first?.provenUntil?.seq == 1)
    let verifier = try folder.verify(anchors: folder.anchors)
    #expect(verifier.places == ["cut - 9-12"])
  }

  @Test("A log that is gone is found by the service's own log")
  func gone() throws {
    let anchors = folder.anchors
    for name in try folder.names { try FileManager.default.removeItem(atPath: folder.file(name)) }
    #expect(try folder.verify(anchors: anchors).kinds == [.cut])
  }

  @Test("A file that was copied behind the others is found, as one finding")
  func replayed() throws {
    try FileManager.default.copyItem(
      atPath: folder.file(LogFiles.name(1)), toPath: folder.file(LogFiles.name(2)))
    #expect(try folder.verify().places == ["repeated 2:1 0-12"])
  }

  @Test("Another log's file is found behind this one's")
  func anothers() async throws {
    let other = try LogFolder()
    try await other.write(3)
    try FileManager.default.copyItem(
      atPath: other.file(LogFiles.name(1)), toPath: folder.file(LogFiles.name(2)))
    let verifier = try folder.verify()
    #expect(verifier.kinds.contains(.unlinked))
    #expect(verifier.kinds.contains(.unsigned))
  }

  @Test("A checkpoint of another key is not taken for the key's, and neither is none")
  func anotherKey() async throws {
    let other = try LogFolder()
    #expect(try folder.verify(keys: other.keys).places == ["unsigned 1:2 1-12"])
    let unsigned = try LogFolder(isSigned: false)
    try await unsigned.write(3)
    #expect(try unsigned.verify(keys: other.keys).kinds == [.unsigned])
    #expect(try unsigned.verify().isIntact)
  }

  @Test("A signature that was changed is found")
  func forged() throws {
    var lines = try folder.lines()
    let signature = try #require(lines[12].firstMatch(of: /"signature":"(.)/)).output.1
    lines[12].replace(#""signature":"\#(signature)"#, with: #""signature":"\#(signature == "A" ? "B" : "A")"#)
    lines[12] = try folder.rehashed(lines[12], after: lines[11])
    try folder.replace(lines)
    #expect(try folder.verify().places == ["forged 1:13 12-12"])
  }

  @Test(
    "A number beyond counting is refused and ends nothing",
    arguments: ["18446744073709551615", "1000000000000000", "007", "-1"])
  func numbers(number: String) throws {
    var lines = try folder.lines()
    lines[5].replace(#""seq":5"#, with: #""seq":\#(number)"#)
    try folder.replace(lines)
    #expect(try folder.verify().kinds.contains(.foreign))
  }
}

extension LogFolder {
  /// The line with the hash that it would have after `before`.
  func rehashed(_ line: String, after before: String) throws -> String {
    let digest = try #require(LineDigest())
    let previous = try #require(ChainedLine(Array(before.utf8)[...])).hash
    let head = Array(line.utf8).dropLast(Chain.tailBytes)
    let hash = try #require(head.withUnsafeBytes { digest.hash(after: Array(previous), $0) })
    return String(decoding: head, as: UTF8.self) + #","hash":""# + String(decoding: hash, as: UTF8.self) + #""}"#
  }
}
