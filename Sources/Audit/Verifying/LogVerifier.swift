import StrictJSON

/// Reads a log line by line and finds what was changed, left out, moved, put in or cut.
///
/// Keeps the state of each chain and the findings, and of no line more than its hash, so a log of any length can be read.
public struct LogVerifier {
  /// What stands around the lines.
  public enum Surroundings: Sendable {
    /// All files of a directory, with nothing in them but the log, from its first line on.
    case directory
    /// Files that may begin and end anywhere, with other lines between.
    case stream
    /// A table that several chains are written to at the same time.
    case table
  }

  /// A line in its place.
  private struct Taken {
    /// The hash before it, where the line's own shows it.
    var before: [UInt8]?
  }

  /// The most findings that are kept; the others are counted.
  private static let maximumFindings = 1_000

  /// The chains, in the order of their first lines.
  public private(set) var chains: [ChainReport] = []
  /// What was found, in the order in which it was read.
  public private(set) var findings: [LogFinding] = []
  /// Findings beyond those.
  public private(set) var moreFindings = 0
  /// Lines that are none of a chain, where such may be.
  public private(set) var otherLines = 0
  /// Checkpoints of the service's own log that are here.
  public private(set) var anchorsFound = 0
  /// Checkpoints of the service's own log from before the first line here.
  public private(set) var anchorsBefore = 0

  private let surroundings: Surroundings
  private let keys: CheckpointKeys
  private var anchors: LogAnchors
  /// The lines whose hashes were given before they were read.
  private let wereNamed: [String: Set<UInt64>]
  private let digest: LineDigest
  private var places: [String: Int] = [:]
  private var halves: [TornLine: LogPlace] = [:]
  private var files: [String] = []
  /// Files that are gone by the chain's word, and the last line that went with each.
  private var removed: [String: (log: String, seq: UInt64)?] = [:]

  /// - Parameters:
  ///   - keys: what checkpoints must be signed with; without any their signatures are not looked at.
  ///   - anchors: checkpoints of the service's own log.
  /// - Throws: where OpenSSL has no SHA-256.
  public init(_ surroundings: Surroundings, keys: CheckpointKeys = CheckpointKeys(), anchors: LogAnchors = LogAnchors())
    throws(LogFailure)
  {
    guard let digest = LineDigest() else { throw LogFailure("OpenSSL has no SHA-256") }
    self.surroundings = surroundings
    self.keys = keys
    self.anchors = anchors
    wereNamed = anchors.ends.mapValues { Set($0.keys) }
    self.digest = digest
  }

  /// Whether nothing was found.
  public var isIntact: Bool { findings.isEmpty }

  /// A file begins.
  public mutating func begin(file: String) {
    if surroundings == .directory, let last = files.last.flatMap({ LogFiles.number(of: $0) }),
      let number = LogFiles.number(of: file), number > last + 1
    {
      find(.missing, "\(LogFiles.name(last + 1)) is not here", LogPlace(file: file, line: 1))
    }
    files.append(file)
  }

  /// The next line, without its line feed.
  ///
  /// - Parameter columnsDiffer: whether a table's columns say of it what it does not.
  public mutating func read(_ bytes: ArraySlice<UInt8>, at place: LogPlace, columnsDiffer: Bool = false) {
    guard let line = ChainedLine(bytes) else {
      if surroundings == .stream, !bytes.starts(with: #"{"log":""#.utf8) {
        otherLines += 1
      } else {
        find(.foreign, "is no line of a chain", place)
      }
      return
    }
    let json = line.isEvent ? ChainedLine.json(bytes) : nil
    let index: Int
    let before: [UInt8]?
    if let known = places[line.log] {
      index = known
      guard let taken = take(line, json, at: place, in: index) else { return }
      before = taken.before
    } else {
      index = chains.count
      before = begin(line, json, at: place)
    }
    if columnsDiffer {
      find(.changed, "the table's columns say other than the line", place, line.log, line.seq...line.seq)
    }
    chains[index].hashBefore = chains[index].hash
    chains[index].hash = Array(line.hash)
    chains[index].last = (line.seq, line.timeText)
    chains[index].isClosed = false
    compareWithAnchor(line, at: place)
    let wasSigned = chains[index].endsSigned
    chains[index].endsSigned = false
    chains[index].unproven.add(line.timeText)
    if line.isEvent {
      read(event: json, line, after: before, wasSigned: wasSigned, at: place, in: index)
    } else {
      chains[index].decisions += 1
      wantCheckpoint(before: line, at: place, in: index)
    }
  }

  /// What stands after the last line feed of a file.
  public mutating func read(half bytes: [UInt8], at place: LogPlace) {
    guard surroundings != .stream || bytes.starts(with: #"{"log":""#.utf8) else { return otherLines += 1 }
    let sum = digest.hash(of: bytes).map { String(decoding: $0, as: UTF8.self) } ?? ""
    halves[TornLine(file: place.file, bytes: bytes.count, digest: sum)] = place
  }

  /// The end of all lines.
  public mutating func finish() {
    for place in halves.values {
      find(.torn, "the file ends in the middle of a line, and no later line says why", place)
    }
    for chain in chains {
      for gap in chain.gaps {
        find(.missing, "\(Self.lines(gap.seqs)) should stand before this one", gap.place, chain.log, gap.seqs)
      }
      compareRest(with: chain)
    }
    if surroundings != .directory { compareFollowed() }
    checkBeginnings()
    checkSignatures()
    let first = chains.map(\.first.time).min()
    // A directory has all of its chains, but for those in files that were removed.
    let mayHaveGone = surroundings != .directory || files.first.flatMap { LogFiles.number(of: $0) } != 1
    for (log, checkpoints) in anchors.checkpoints {
      guard let last = checkpoints.values.max(by: { $0.position.seq < $1.position.seq }) else { continue }
      if let first, last.time < first, mayHaveGone {
        anchorsBefore += checkpoints.count
      } else {
        find(
          .cut, "nothing of the chain is here, of which the service's log has a checkpoint of \(last.time)", nil, log,
          last.position.seq...last.position.seq)
      }
    }
    if chains.isEmpty, findings.isEmpty { find(.missing, "no line of a decision log is here", nil) }
  }

  // MARK: - Order and hashes

  /// A chain's first line here; returns the hash before it, where the line's own shows it.
  private mutating func begin(_ line: ChainedLine, _ json: JSON?, at place: LogPlace) -> [UInt8]? {
    let seqs = line.seq...line.seq
    let previousChain = chains.last
    chains.append(ChainReport(line))
    places[line.log] = chains.count - 1
    let stated = json?["prev"]?.string.map { Array($0.utf8) }
    chains[chains.count - 1].beginsUnproven = line.seq > 0 && stated == nil
    chains[chains.count - 1].beginning = place
    chains[chains.count - 1].beginsFile =
      place.line == 1 && ["opened", "continued", "resumed"].contains(json?["event"]?.string)
    let expected = line.seq == 0 ? LineDigest.first : stated
    var isRight = expected != nil
    if let expected, !hasHash(line, after: expected) || (stated ?? expected) != expected {
      find(.changed, "the hash is not this line's", place, line.log, seqs)
      isRight = false
    } else if line.seq == 0, json?["event"]?.string != "opened" {
      find(.foreign, "a chain begins with another line than `opened`", place, line.log, seqs)
    }
    if surroundings == .directory, let previousChain {
      let end = previousChain.hash.map {
        ChainPosition(
          log: previousChain.log, seq: previousChain.last.seq, hash: String(decoding: $0, as: UTF8.self))
      }
      if json.flatMap({ ChainPosition(after: $0) }) != end {
        find(.unlinked, "a chain begins that does not name the line before it", place, line.log, seqs)
      } else if place.line != 1 {
        find(.unlinked, "a chain begins in the middle of a file", place, line.log, seqs)
      }
    }
    return isRight ? expected : nil
  }

  /// Gives the line its place at the chain's end: nil where that is not its place, else the hash before it where the
  /// line's own shows it.
  private mutating func take(_ line: ChainedLine, _ json: JSON?, at place: LogPlace, in index: Int)
    -> Taken?
  {
    let chain = chains[index]
    let seqs = line.seq...line.seq
    if surroundings == .directory, index != chains.count - 1, !chain.goesOnBehind {
      chains[index].goesOnBehind = true
      find(.unlinked, "the chain goes on behind another one", place, line.log, seqs)
    }
    let expected = chain.last.seq + 1
    let stated = json?["prev"]?.string.map { Array($0.utf8) }
    if line.seq == expected {
      guard let hash = chain.hash, hasHash(line, after: hash), stated ?? hash == hash else {
        find(.changed, "the hash does not follow from this line and the one before", place, line.log, seqs)
        return Taken(before: nil)
      }
      return Taken(before: hash)
    }
    if line.seq > expected {
      chains[index].gaps.append((expected...(line.seq - 1), place))
      // What would be missed here is missing already.
      chains[index].wantsCheckpoint = false
      chains[index].endsSigned = true
      guard let stated else { return Taken(before: nil) }
      guard hasHash(line, after: stated) else {
        find(.changed, "the hash is not this line's", place, line.log, seqs)
        return Taken(before: nil)
      }
      return Taken(before: stated)
    }
    if let gap = chain.gaps.firstIndex(where: { $0.seqs.contains(line.seq) }) {
      fill(gap, with: line.seq, in: index)
      find(.moved, "stands after line \(chain.last.seq)", place, line.log, seqs)
      return nil
    }
    find(.repeated, "the number was there before", place, line.log, seqs)
    // The one before may have been put in: what goes on from this one is then right.
    if line.seq == chain.last.seq, let before = chain.hashBefore, hasHash(line, after: before) {
      chains[index].hash = Array(line.hash)
    }
    return nil
  }

  private mutating func fill(_ gap: Int, with seq: UInt64, in index: Int) {
    let (seqs, place) = chains[index].gaps.remove(at: gap)
    if seq < seqs.upperBound { chains[index].gaps.insert(((seq + 1)...seqs.upperBound, place), at: gap) }
    if seq > seqs.lowerBound { chains[index].gaps.insert((seqs.lowerBound...(seq - 1), place), at: gap) }
  }

  private func hasHash(_ line: ChainedLine, after previous: [UInt8]) -> Bool {
    // The bytes stay where they are for the length of the call.
    let hash = line.head.withUnsafeBytes { digest.hash(after: previous, $0) }
    return hash.map { line.hash.elementsEqual($0) } ?? false
  }

  // MARK: - Events

  private mutating func read(
    event json: JSON?, _ line: ChainedLine, after before: [UInt8]?, wasSigned: Bool, at place: LogPlace, in index: Int
  ) {
    let seqs = line.seq...line.seq
    guard let json, let event = json["event"]?.string else {
      return find(.foreign, "is no JSON", place, line.log, seqs)
    }
    if surroundings == .directory, ["opened", "continued", "resumed"].contains(event),
      let file = json["file"]?.string, file != place.file
    {
      find(.moved, "the line is of \(file)", place, line.log, seqs)
    }
    switch event {
    case "opened":
      chains[index].follows = ChainPosition(after: json)
      chains[index].damaged = json["damaged"]?.string
      if line.seq > 0 { find(.foreign, "`opened` is a chain's first line", place, line.log, seqs) }
    case "resumed":
      chains[index].wantsCheckpoint = true
      if json["closed"]?.bool != true { chains[index].unclosedEnds += 1 }
    case "continued":
      if !keys.isEmpty, !wasSigned, line.seq != chains[index].first.seq {
        find(.unsigned, "the file before does not end with a checkpoint", place, line.log, seqs)
      }
    case "checkpoint", "closed":
      chains[index].isClosed = event == "closed"
      read(checkpoint: json, line, after: before, at: place, in: index)
    case "lost":
      let (sum, isTooMuch) = chains[index].lost.addingReportingOverflow(
        UInt64(max(0, json["count"]?.integer ?? 0)))
      chains[index].lost = isTooMuch ? .max : sum
      wantCheckpoint(before: line, at: place, in: index)
    case "removed":
      if let file = json["file"]?.string {
        let seq = json["to"]?.integer.flatMap { UInt64(exactly: $0) }
        chains[index].removing.append((file, json["of"]?.string.flatMap { log in seq.map { (log, $0) } }))
        // The service removes them behind a checkpoint; what nobody has signed excuses nothing.
        if keys.isEmpty { takeRemovals(of: index) }
      }
    case "torn":
      if let file = json["file"]?.string, let bytes = json["bytes"]?.integer, let sum = json["sha256"]?.string {
        halves[TornLine(file: file, bytes: Int(bytes), digest: sum)] = nil
      }
    default: break
    }
    if let seconds = json["checkpoint_seconds"]?.integer { chains[index].unproven.seconds = Int(seconds) }
  }

  private mutating func takeRemovals(of index: Int) {
    for (file, end) in chains[index].removing {
      chains[index].removedFiles.append(file)
      removed[file] = .some(end)
    }
    chains[index].removing = []
  }

  /// A process writes a checkpoint before its first decision: without one it may be another's.
  private mutating func wantCheckpoint(before line: ChainedLine, at place: LogPlace, in index: Int) {
    guard !keys.isEmpty, chains[index].wantsCheckpoint else { return }
    chains[index].wantsCheckpoint = false
    find(
      .unsigned, "decisions follow the start of a process without its first checkpoint", place, line.log,
      line.seq...line.seq)
  }

  private mutating func read(
    checkpoint json: JSON, _ line: ChainedLine, after before: [UInt8]?, at place: LogPlace, in index: Int
  ) {
    // What is signed is the hash that is there, not the one that the line says: else a signature would vouch for any chain.
    guard !keys.isEmpty, let before else {
      chains[index].wantsCheckpoint = false
      return chains[index].otherCheckpoints += 1
    }
    let checkpoint = Checkpoint(
      position: line.position, previous: String(decoding: before, as: UTF8.self), time: line.timeText,
      key: json["key"]?.string, signature: json["signature"]?.string)
    let seqs = line.seq...line.seq
    switch keys.verdict(on: checkpoint) {
    case .good:
      chains[index].signedCheckpoints += 1
      chains[index].provenUntil = (line.seq, line.timeText)
      chains[index].wantsCheckpoint = false
      chains[index].endsSigned = true
      chains[index].unproven.end()
      takeRemovals(of: index)
    case .bad:
      chains[index].otherCheckpoints += 1
      find(.forged, "the checkpoint's signature is not its key's", place, line.log, seqs)
    case .unknownKey:
      chains[index].otherCheckpoints += 1
      chains[index].wantsCheckpoint = false
      chains[index].endsSigned = true
      find(
        .unsigned, "the checkpoint is of \(checkpoint.key.map { "the key \($0), which was not given" } ?? "no key")",
        place, line.log, seqs)
    }
  }

  /// What no signature vouches for that one should.
  private mutating func checkSignatures() {
    guard !keys.isEmpty else { return }
    let isAnyProven = chains.contains { $0.provenUntil != nil }
    for chain in chains {
      guard let proven = chain.provenUntil else {
        // Of a process that was killed at its start there may be an opening line alone.
        if !isAnyProven || chain.decisions > 0 || chain.lost > 0 {
          find(
            .unsigned, "nothing is proven: no checkpoint is signed by a key that was given", chain.beginning, chain.log,
            chain.first.seq...chain.last.seq)
        }
        continue
      }
      if chain.unproven.isOverdue(since: proven.time) {
        find(
          .unsigned, "no checkpoint for far longer than the \(chain.unproven.provenSeconds ?? 0) s between two", nil,
          chain.log, min(proven.seq + 1, chain.last.seq)...chain.last.seq)
      }
    }
  }

  // MARK: - What is not here

  private mutating func compareWithAnchor(_ line: ChainedLine, at place: LogPlace) {
    for end in anchors.ends[line.log]?.removeValue(forKey: line.seq) ?? []
    where !line.hash.elementsEqual(end.hash.utf8) {
      find(.cut, "chain \(end.namedBy) follows another line of this number", place, line.log, line.seq...line.seq)
    }
    guard let anchor = anchors.checkpoints[line.log]?.removeValue(forKey: line.seq) else { return }
    guard line.hash.elementsEqual(anchor.position.hash.utf8) else {
      return find(.cut, "the service's log has another line of this number", place, line.log, line.seq...line.seq)
    }
    anchorsFound += 1
    if anchor.signature != nil, !keys.isEmpty, keys.verdict(on: anchor) == .bad {
      find(.anchor, "the signature in the service's log is not its key's", place, line.log, line.seq...line.seq)
    }
  }

  private mutating func compareRest(with chain: ChainReport) {
    for (seq, ends) in anchors.ends[chain.log] ?? [:] where seq > chain.last.seq {
      guard let end = ends.first else { continue }
      find(
        .cut, "the chain ends with line \(chain.last.seq); chain \(end.namedBy) follows a later one", nil, chain.log,
        (chain.last.seq + 1)...seq)
    }
    guard let rest = anchors.checkpoints.removeValue(forKey: chain.log) else { return }
    anchorsBefore += rest.keys.filter { $0 < chain.first.seq }.count
    guard let last = rest.values.max(by: { $0.position.seq < $1.position.seq }), last.position.seq > chain.last.seq
    else { return }
    find(
      .cut, "the chain ends with line \(chain.last.seq); the service's log has its checkpoint of \(last.time)", nil,
      chain.log, (chain.last.seq + 1)...last.position.seq)
  }

  private mutating func checkBeginnings() {
    switch surroundings {
    case .stream: break
    case .table:
      for chain in chains where chain.beginsUnproven { findNoBeginning(of: chain) }
    case .directory:
      guard let file = files.first, let number = LogFiles.number(of: file) else { return }
      let isExplained = isExplained(beginningAt: number)
      if isExplained == false {
        find(
          .missing, "what stood before is not here, and no line says that it was removed",
          LogPlace(file: file, line: 1), chains.first?.log ?? "",
          chains.first.flatMap { $0.first.seq > 0 ? 0...($0.first.seq - 1) : nil })
      } else if let chain = chains.first, chain.first.seq > 0, !chain.beginsFile {
        findNoBeginning(of: chain)
      } else if let chain = chains.first, chain.follows != nil {
        find(.missing, "the line that the chain follows is not here", chain.beginning, chain.log, 0...0)
      } else if let chain = chains.first, let damaged = chain.damaged,
        !(files.contains(damaged) && damaged < (chain.beginning?.file ?? "")),
        removed[damaged] == nil
      {
        find(.missing, "\(damaged), which the chain follows, is not here", chain.beginning, chain.log, 0...0)
      }
    }
  }

  /// Whether the first line here is the first of all, or the next one behind a file that was removed; nil without a chain.
  private func isExplained(beginningAt number: Int) -> Bool? {
    guard number > 1 else { return chains.first.map { $0.first.seq == 0 } }
    guard let last = removed[LogFiles.name(number - 1)] else { return false }
    guard let last, let chain = chains.first else { return true }
    return chain.log == last.log ? chain.first.seq > 0 && chain.first.seq - 1 == last.seq : chain.first.seq == 0
  }

  /// Compares what each chain says it follows with what is here, but for what was compared when it was read.
  private mutating func compareFollowed() {
    for chain in chains {
      guard let end = chain.follows, let known = places[end.log], wereNamed[end.log]?.contains(end.seq) != true else {
        continue
      }
      let last = chains[known]
      if end.seq > last.last.seq {
        find(
          .cut, "the chain ends with line \(last.last.seq); chain \(chain.log) follows a later one", nil, end.log,
          (last.last.seq + 1)...end.seq)
      } else if end.seq == last.last.seq, let hash = last.hash, !hash.elementsEqual(end.hash.utf8) {
        find(.cut, "chain \(chain.log) follows another line of this number", nil, end.log, end.seq...end.seq)
      }
    }
  }

  private mutating func findNoBeginning(of chain: ChainReport) {
    find(
      .missing, "what is kept begins here, with a line that nothing can begin with", chain.beginning, chain.log,
      chain.first.seq > 0 ? (chain.first.seq - 1)...(chain.first.seq - 1) : nil)
  }

  // MARK: - Findings

  private static func lines(_ seqs: ClosedRange<UInt64>) -> String {
    seqs.count == 1 ? "line \(seqs.lowerBound)" : "lines \(seqs.lowerBound) to \(seqs.upperBound)"
  }

  private mutating func find(
    _ kind: LogFinding.Kind, _ text: String, _ place: LogPlace?, _ log: String = "", _ seqs: ClosedRange<UInt64>? = nil
  ) {
    if let seqs, let index = places[log] {
      chains[index].firstFault = min(chains[index].firstFault ?? seqs.lowerBound, seqs.lowerBound)
    }
    // A run of the same is one finding: a file that was copied would be thousands.
    if let last = findings.last, last.kind == kind, last.log == log, kind == .repeated || kind == .unsigned,
      let range = last.seqs, let seqs, kind == .unsigned || seqs.lowerBound == range.upperBound + 1,
      seqs.upperBound >= range.lowerBound
    {
      findings[findings.count - 1].seqs = range.lowerBound...seqs.upperBound
      return
    }
    guard findings.count < Self.maximumFindings else { return moreFindings += 1 }
    findings.append(LogFinding(kind: kind, place: place, log: log, seqs: seqs, text: text))
  }
}
