import Foundation
import Testing

@testable import Audit

/// Files and chains that somebody other than the service took away.
@Suite struct RemovalTests {
  private let folder: LogFolder

  init() throws { folder = try LogFolder() }

  /// Some files, of which the service has removed the first ones.
  private func rotate(filesKept: Int = 3) async throws {
    let log = try folder.log(fileBytes: 3_000, filesKept: filesKept)
    for number in 0..<60 {
      log.write(folder.body(number))
      try await Task.sleep(for: .milliseconds(3))
    }
    #expect(await log.closed())
    #expect(try folder.verify(anchors: folder.anchors).places == [])
  }

  @Test("Files that were taken out at the front are found though the others have their names")
  func renamed() async throws {
    try await rotate()
    let names = try folder.names
    try FileManager.default.removeItem(atPath: folder.file(names[0]))
    for (old, new) in zip(names.dropFirst(), names) {
      try FileManager.default.moveItem(atPath: folder.file(old), toPath: folder.file(new))
    }
    let verifier = try folder.verify()
    #expect(Set(verifier.kinds) == [.moved, .missing])
    #expect(verifier.kinds.filter { $0 == .moved }.count == names.count - 1)
  }

  @Test("A removal that no checkpoint vouches for excuses nothing")
  func unsignedRemoval() async throws {
    try await rotate()
    let names = try folder.names
    try FileManager.default.removeItem(atPath: folder.file(names[0]))
    var lines = try folder.lines(names[2])
    let last = try #require(lines.last)
    let end = try #require(ChainPosition(line: last))
    let hash = String(repeating: "0", count: 64)
    lines.append(
      try folder.rehashed(
        #"{"log":"\#(end.log)","seq":\#(end.seq + 1),"time":"2026-01-31T00:00:00.900Z","event":"removed","file":"\#(names[0])","hash":"\#(hash)"}"#,
        after: last))
    try folder.replace(lines, in: names[2])
    #expect(try folder.verify().kinds == [.missing])
    #expect(try folder.verify(keys: CheckpointKeys()).isIntact)
  }

  @Test("A chain that is gone is found though a later one begins where it began")
  func wiped() async throws {
    try await folder.write(5)
    let anchors = folder.anchors
    try FileManager.default.removeItem(atPath: folder.file(LogFiles.name(1)))
    try await folder.write(5)
    #expect(try folder.verify().places == [])
    #expect(try folder.verify(anchors: anchors).kinds == [.cut])
  }

  @Test("A first chain that names what is before it is not the first", arguments: [nil, 1, 7])
  func nothingBefore(names file: Int?) throws {
    var before = try MadeChain(signer: folder.signer)
    try before.opened()
    var made = try MadeChain(signer: folder.signer)
    try made.opened(file.map { #","damaged":"\#(LogFiles.name($0))""# } ?? before.after())
    try made.checkpoint()
    try folder.replace(made.lines, in: LogFiles.name(1))
    #expect(try folder.verify().places == ["missing 1:1 0-0"])
  }

  @Test("A chain whose end another names is compared with that", arguments: [0, 1, 2])
  func followed(change: Int) throws {
    var first = try MadeChain(signer: folder.signer)
    try first.opened()
    try first.checkpoint()
    let whole = first.lines
    try first.decision()
    var second = try MadeChain(signer: folder.signer)
    var named = try first.after()
    if change == 2 { named = named.replacing(/"hash":"[0-9a-f]{8}/, with: #""hash":"00000000"#) }
    try second.opened(named)
    try second.checkpoint()
    let verifier = try folder.verify((change == 1 ? whole : first.lines) + second.lines, as: .table)
    #expect(verifier.places == (change == 0 ? [] : ["cut - 2-2"]))
  }

  @Test("A table's columns that say other than the line are found")
  func columns() throws {
    var made = try MadeChain(signer: folder.signer)
    try made.opened()
    try made.checkpoint()
    var verifier = try LogVerifier(.table, keys: folder.keys)
    for (number, line) in made.lines.enumerated() {
      verifier.read(
        Array(line.utf8)[...], at: LogPlace(file: "database", line: number + 1), columnsDiffer: number == 1)
    }
    verifier.finish()
    #expect(verifier.kinds == [.changed] && verifier.findings.first?.seqs == 1...1)
  }

  @Test("Behind more than half a line the chain does not go on from an earlier file")
  func noLineFeed() async throws {
    try await rotate(filesKept: 0)
    let name = try #require(try folder.names.last)
    let text = try folder.text(name)
    try (text + String(repeating: "x", count: 300_000)).write(
      toFile: folder.file(name), atomically: false, encoding: .utf8)
    try await folder.write(2)
    let verifier = try folder.verify()
    #expect(verifier.chains.count == 2 && !verifier.kinds.contains(.repeated))
    #expect(folder.notices.withLock { $0 }.contains(.damaged(file: name)))
  }

  @Test("A next file that can't be begun is said once, costs no line and no checkpoint, and is tried again")
  func noNextFile() async throws {
    let log = try folder.log(fileBytes: 2_000)
    try "x".write(toFile: folder.file(LogFiles.name(2)), atomically: false, encoding: .utf8)
    for number in 0..<300 {
      log.write(folder.body(number))
      try await Task.sleep(for: .milliseconds(15))
    }
    let notices = folder.notices.withLock { $0 }
    #expect(notices.filter { if case .failing = $0 { true } else { false } }.count == 1)
    #expect(notices.filter { if case .checkpoint = $0 { true } else { false } }.count == 1)
    try FileManager.default.removeItem(atPath: folder.file(LogFiles.name(2)))
    try await eventually("the next file is begun") {
      log.write(folder.body(1_000))
      return try folder.names.count > 1
    }
    #expect(await log.closed())
    #expect(try folder.verify(anchors: folder.anchors).places == [])
  }
}
