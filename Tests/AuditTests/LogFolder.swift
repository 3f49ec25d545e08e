import Foundation
import Synchronization
import Testing

@testable import Audit

#if canImport(Glibc)
  import Glibc
#endif

/// A directory of its own with a log in it.
final class LogFolder: Sendable {
  let path: String
  let notices = Mutex<[LogNotice]>([])
  let signer: CheckpointSigner?
  private let clock = Atomic<Int>(0)

  init(isSigned: Bool = true, at path: String? = nil) throws {
    self.path =
      path ?? FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    signer = isSigned ? try CheckpointSigner(keyFile: CheckpointSigner.newKeyFile()) : nil
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var keys: CheckpointKeys {
    get throws {
      var keys = CheckpointKeys()
      if let signer { try keys.add(file: signer.publicJWK) }
      return keys
    }
  }

  /// A time that goes on with each asking.
  private func time() -> String {
    let number = clock.wrappingAdd(1, ordering: .relaxed).newValue
    return String(
      format: "2026-01-31T%02d:%02d:%02d.%03dZ", number / 3_600_000 % 24, number / 60_000 % 60, number / 1_000 % 60,
      number % 1_000)
  }

  func settings(maximumBytes: Int = 4 << 20, gathering: Int = 1, checkpointSeconds: Int = 60) -> ChainedLogSettings {
    ChainedLogSettings(
      service: "test", maximumBytes: maximumBytes, checkpointSeconds: checkpointSeconds, signer: signer,
      gatherMilliseconds: gathering, time: { [self] in time() })
  }

  func log(_ settings: ChainedLogSettings? = nil, fileBytes: Int = 1 << 30, filesKept: Int = 0) throws -> ChainedLog {
    try ChainedLog(
      to: DirectoryDestination(path: path, fileBytes: fileBytes, filesKept: filesKept),
      settings: settings ?? self.settings()
    ) { [self] notice in notices.withLock { $0.append(notice) } }
  }

  func body(_ number: Int) -> [UInt8] {
    Array(#"{"time":"\#(time())","id":"\#(number)","hook":"publish","user":"alice","outcome":"allow"}"#.utf8)
  }

  /// Writes `count` decisions and ends the log.
  func write(_ count: Int, fileBytes: Int = 1 << 30, filesKept: Int = 0) async throws {
    let log = try log(fileBytes: fileBytes, filesKept: filesKept)
    for number in 0..<count { log.write(body(number)) }
    #expect(await log.closed())
  }

  var names: [String] { get throws { try LogFiles.names(in: path) } }

  func file(_ name: String) -> String { path + "/" + name }

  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

  /// The lines of one file.
  func lines(_ name: String? = nil) throws -> [String] {
    try text(try name ?? #require(names.first)).split(separator: "\n").map(String.init)
  }

  func replace(_ lines: [String], in name: String? = nil, end: String = "\n") throws {
    let name = try name ?? #require(names.first)
    try (lines.joined(separator: "\n") + end).write(toFile: file(name), atomically: false, encoding: .utf8)
  }

  /// What a verifier makes of all files.
  func verify(keys: CheckpointKeys? = nil, anchors: LogAnchors = LogAnchors()) throws -> LogVerifier {
    var verifier = try LogVerifier(.directory, keys: try keys ?? self.keys, anchors: anchors)
    for name in try names {
      let descriptor = open(file(name), O_RDONLY)
      defer { close(descriptor) }
      verifier.begin(file: name)
      let half = try LogLines.read(descriptor, named: name) { line, place in
        verifier.read(line, at: place)
        return true
      }
      if let half { verifier.read(half: half.bytes, at: half.place) }
    }
    verifier.finish()
    return verifier
  }

  /// The checkpoints that the service's own log was told.
  var anchors: LogAnchors {
    var anchors = LogAnchors()
    for case .checkpoint(let checkpoint) in notices.withLock({ $0 }) {
      anchors.checkpoints[checkpoint.position.log, default: [:]][checkpoint.position.seq] = checkpoint
    }
    return anchors
  }
}

extension ChainedLog {
  /// Whether all was written within ten seconds.
  func closed(within milliseconds: Int = 10_000) async -> Bool {
    await withCheckedContinuation { continuation in close(within: milliseconds) { continuation.resume(returning: $0) } }
  }
}

extension LogVerifier {
  var kinds: [LogFinding.Kind] { findings.map(\.kind) }
  /// `kind file:line seq`, the file without its leading zeros.
  var places: [String] {
    findings.map { finding in
      let place =
        finding.place.map { "\($0.file.dropFirst(10).drop { $0 == "0" }.prefix { $0 != "." }):\($0.line)" } ?? "-"
      return "\(finding.kind.rawValue) \(place) \(finding.seqs.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "")"
    }
  }
}

/// Waits until `condition` holds, at most thirty seconds.
func eventually(_ what: Comment, _ condition: () throws -> Bool) async throws {
  for _ in 0..<3_000 {
    if try condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record(what)
}
