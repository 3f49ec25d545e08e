import Foundation
import Testing

@testable import Audit

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct OutageTests {
  /// A file system of 256 KiB; only root may make one.
  private final class SmallDisk: Sendable {
    let path: String

    init?() {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("disk-\(UUID().uuidString)").path
      guard (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil else {
        return nil
      }
      guard mount("tmpfs", path, "tmpfs", 0, "size=256k") == 0 else {
        rmdir(path)
        return nil
      }
    }

    deinit {
      umount2(path, 2 /* MNT_DETACH */)
      rmdir(path)
    }

    /// Takes all the room but `bytes`; the file's removal gives it back.
    func fill(leaving bytes: Int) throws -> String {
      let name = path + "/filler"
      try Data(count: 256 * 1_024 - bytes).write(to: URL(filePath: name))
      return name
    }
  }

  @Test("A full disk costs no line while there is room to wait, and leaves no half one")
  func fullDisk() async throws {
    guard let disk = SmallDisk() else { return }
    let folder = try LogFolder(at: disk.path)
    let filler = try disk.fill(leaving: 20_000)
    let log = try folder.log()
    for number in 0..<300 { log.write(folder.body(number)) }
    try await eventually("writing fails") { log.isFailing }
    #expect(log.waitingLines > 0 && log.lostLines == 0)
    #expect(try folder.text(LogFiles.name(1)).hasSuffix("\n"))
    #expect(folder.notices.withLock { $0 }.filter { if case .failing = $0 { true } else { false } }.count == 1)

    try FileManager.default.removeItem(atPath: filler)
    try await eventually("everything is written") { log.waitingLines == 0 && !log.isFailing }
    try await eventually("what had waited is vouched for at once") {
      folder.notices.withLock { $0 }.contains { notice in
        if case .checkpoint(let checkpoint) = notice { checkpoint.position.seq > 2 } else { false }
      }
    }
    #expect(await log.closed())
    #expect(folder.notices.withLock { $0 }.contains(.recovered(lost: 0)))
    let verifier = try folder.verify(anchors: folder.anchors)
    #expect(verifier.places == [])
    #expect(verifier.chains.map(\.decisions) == [300])
  }

  @Test("Lines that have no room to wait are counted, in the chain too, where they would have been")
  func noRoomToWait() async throws {
    guard let disk = SmallDisk() else { return }
    let folder = try LogFolder(at: disk.path)
    let filler = try disk.fill(leaving: 12_000)
    let log = try folder.log(folder.settings(maximumBytes: 20_000))
    for number in 0..<1_000 { log.write(folder.body(number)) }
    try await eventually("writing fails") { log.isFailing && log.lostLines > 0 }
    let lost = log.lostLines
    #expect(folder.notices.withLock { $0 }.filter { $0 == .losing }.count == 1)

    try FileManager.default.removeItem(atPath: filler)
    try await eventually("what waited is written") { log.waitingLines == 0 }
    log.write(folder.body(5_000))
    #expect(await log.closed())
    #expect(!log.isFailing)
    let verifier = try folder.verify()
    #expect(verifier.places == [])
    let chain = try #require(verifier.chains.first)
    #expect(chain.lost == lost)
    #expect(chain.decisions == 1_001 - Int(lost))
    let lines = try folder.lines()
    let loss = try #require(lines.firstIndex { $0.contains(#""event":"lost""#) })
    #expect(loss < (try #require(lines.firstIndex { $0.contains(#""id":"5000""#) })))
    #expect(folder.notices.withLock { $0 }.contains { if case .recovered(let count) = $0 { count > 0 } else { false } })
  }

  @Test("A line that is lost between two that are not is counted between them, and what is written makes room")
  func lostBetween() {
    let inbox = LogInbox(maximumBytes: 1_000)
    func put(_ count: Int) -> Bool { inbox.put([UInt8](repeating: 0x7B, count: count)) }
    var lines = LogInbox.Lines()
    #expect(!put(900) && put(500) && !put(501) && !put(100))
    #expect(inbox.lost == 2 && inbox.waitingLines == 2)
    inbox.take(&lines)
    #expect(lines.entries == [900, -2, 100])
    // Taken is not written.
    #expect(put(1))
    inbox.release(bytes: 1_000, lines: 2)
    #expect(!put(1_000))
    inbox.take(&lines)
    #expect(lines.entries == [-1, 1_000])
    #expect(inbox.lost == 3 && inbox.waitingLines == 1)
  }

  @Test("A device that takes nothing is known at once, and what can't be written by the end is counted")
  func deviceFull() async throws {
    let folder = try LogFolder()
    // Not closed: the log may be at its last try when the test has ended.
    let device = open("/dev/full", O_WRONLY)
    let log = try ChainedLog(to: StreamDestination(descriptor: device), settings: folder.settings()) { notice in
      folder.notices.withLock { $0.append(notice) }
    }
    log.write(folder.body(1))
    try await eventually("writing fails") { log.isFailing }
    #expect(await log.closed(within: 300) == false)
    #expect(folder.notices.withLock { $0 }.last == .abandoned(lines: 1))
  }

  @Test("A reader that has stopped costs nobody time, and gets every line once it reads again")
  func stoppedReader() async throws {
    let folder = try LogFolder()
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let log = try ChainedLog(to: StreamDestination(descriptor: ends[1]), settings: folder.settings()) { notice in
      folder.notices.withLock { $0.append(notice) }
    }
    for number in 0..<1_000 { log.write(folder.body(number)) }
    try await eventually("nobody reads") { log.isFailing }
    let (input, output) = (ends[0], ends[1])
    let reading = Task.detached { () throws -> ([String], [Int]) in
      var verifier = try LogVerifier(.stream, keys: folder.keys)
      let half = try LogLines.read(input, named: "-") { line, place in
        verifier.read(line, at: place)
        return true
      }
      #expect(half == nil)
      verifier.finish()
      return (verifier.places, verifier.chains.map(\.decisions))
    }
    #expect(await log.closed())
    close(output)
    let (places, decisions) = try await reading.value
    close(input)
    #expect(places == [])
    #expect(decisions == [1_000])
  }
}
