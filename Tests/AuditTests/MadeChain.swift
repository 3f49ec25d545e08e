import Foundation
import Testing

@testable import Audit

/// A chain made line by line, as whoever can write to the log could.
struct MadeChain {
  private(set) var lines: [String] = []
  private var chain: Chain
  private let signer: CheckpointSigner?
  /// Seconds of the next line's time.
  var clock = 0

  init(signer: CheckpointSigner?) throws {
    chain = Chain(digest: try #require(LineDigest()))
    self.signer = signer
  }

  var id: String { chain.id }

  private func time() -> String {
    String(format: "2026-01-31T%02d:%02d:%02d.000Z", clock / 3_600 % 24, clock / 60 % 60, clock % 60)
  }

  /// Appends a line that has `rest` behind its time.
  mutating func append(_ rest: String) throws {
    var output: [UInt8] = []
    let body = Array(#"{"time":"\#(time())",\#(rest)}"#.utf8)
    try #require(chain.append(body[...], to: &output))
    lines.append(String(decoding: output.dropLast(), as: UTF8.self))
  }

  /// An event that names the hash before it, and `rest`.
  mutating func event(_ name: String, _ rest: String = "") throws {
    try append(#""event":"\#(name)","prev":"\#(chain.previousHash)"\#(rest)"#)
  }

  mutating func opened(_ rest: String = "") throws {
    try event("opened", #","version":1,"service":"test","checkpoint_seconds":60\#(rest)"#)
  }

  mutating func checkpoint() throws {
    let signer = try #require(signer)
    let signature = try #require(
      signer.signature(log: chain.id, seq: chain.next, previous: chain.previousHash, time: time()))
    try event("checkpoint", #","checkpoint_seconds":60,"key":"\#(signer.keyID)","signature":"\#(signature)""#)
  }

  mutating func decision(_ user: String = "alice") throws {
    try append(#""id":"\#(lines.count)","hook":"publish","user":"\#(user)","outcome":"allow""#)
  }

  /// What names the chain's last line, as a chain that follows it does.
  func after() throws -> String {
    let end = try #require(lines.last.flatMap { ChainPosition(line: $0) })
    return #","after":{"log":"\#(end.log)","seq":\#(end.seq),"hash":"\#(end.hash)"}"#
  }
}

extension LogFolder {
  /// `lines` with the hashes that they would have from `index` on; all else stays, `prev` too.
  func rehashed(_ lines: [String], from index: Int) throws -> [String] {
    var lines = lines
    for index in index..<lines.count { lines[index] = try rehashed(lines[index], after: lines[index - 1]) }
    return lines
  }

  /// What a verifier makes of lines among which others may stand.
  func verify(_ lines: [String], as surroundings: LogVerifier.Surroundings = .stream) throws -> LogVerifier {
    var verifier = try LogVerifier(surroundings, keys: keys)
    verifier.begin(file: "-")
    for (number, line) in lines.enumerated() {
      verifier.read(Array(line.utf8)[...], at: LogPlace(file: "-", line: number + 1))
    }
    verifier.finish()
    return verifier
  }
}
