/// What the log's thread does: takes lines, chains them, writes them, and tries again what failed.
struct LogWriter {
  /// The most bytes that are chained before they are written.
  private static let chunkBytes = 131_072

  private let destination: any LineDestination
  private let settings: ChainedLogSettings
  private let inbox: LogInbox
  private let digest: LineDigest
  private let report: @Sendable (LogNotice) -> Void

  private var chain: Chain?
  /// What was taken; the first so many entries and bytes are chained.
  private var taken = LogInbox.Lines()
  private var chainedEntries = 0
  private var chainedBytes = 0
  /// What is chained and not written, but for the first so many bytes; and what of the inbox is in it.
  private var output: [UInt8] = []
  private var writtenBytes = 0
  private var outputLines = 0
  private var outputBytes = 0
  /// A checkpoint in ``output``, to be told once it is where it will stay.
  private var checkpoint: Checkpoint?
  private var hasLinesSince = false
  private var checkpointAt = ContinuousClock.now
  private var tooMany: [String] = []
  private var hasEnded = false
  private var lostBefore: UInt64 = 0
  private var delay = Self.shortestDelay
  /// When another file may be tried again that could not be begun.
  private var nextFileAt = ContinuousClock.now
  private var hasNoNextFile = false

  private static let shortestDelay = 50
  private static let longestDelay = 2_000

  init(
    destination: any LineDestination, settings: ChainedLogSettings, inbox: LogInbox, digest: LineDigest,
    report: @escaping @Sendable (LogNotice) -> Void
  ) {
    self.destination = destination
    self.settings = settings
    self.inbox = inbox
    self.digest = digest
    self.report = report
  }

  /// Opens the destination and puts the chain's first lines into the output.
  mutating func open() throws(LogFailure) {
    let end = try destination.open()
    switch end {
    case .nothing:
      chain = Chain(digest: digest)
      try append(.opened(after: nil, damaged: nil, file: destination.fileName))
    case .follows(let position, let damaged):
      chain = Chain(digest: digest)
      if let damaged { report(.damaged(file: damaged)) }
      try append(.opened(after: position, damaged: damaged, file: destination.fileName))
    case .goesOn(let position, let closed, let torn):
      chain = Chain(after: position, digest: digest)
      try append(.resumed(closed: closed, file: destination.fileName))
      if let torn {
        report(.torn(torn))
        try append(.torn(torn))
      }
    }
    // The first one tells the other log that the chain has begun.
    try appendCheckpoint()
  }

  /// Works until the log is closed.
  mutating func run() {
    while true {
      do throws(LogFailure) {
        if chain == nil { try open() }
        let hasWritten = try writeAll()
        if hasEnded { return destination.close() }
        if inbox.isClosing { continue }
        if hasWritten {
          inbox.pause(milliseconds: settings.gatherMilliseconds)
        } else {
          let (seconds, attoseconds) = (checkpointAt - ContinuousClock.now).components
          inbox.waitForLine(milliseconds: max(1, Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)))
        }
      } catch {
        failed(error)
        if inbox.isAbandoned.load(ordering: .relaxed) { return destination.close() }
        inbox.pause(milliseconds: inbox.isClosing ? Self.shortestDelay : delay)
        delay = min(2 * delay, Self.longestDelay)
      }
    }
  }

  /// Writes what there is; returns whether there was anything.
  private mutating func writeAll() throws(LogFailure) -> Bool {
    var hasWritten = false
    while true {
      try flush()
      try startNextFileIfFull()
      if chainedEntries == taken.entries.count { take() }
      if chainedEntries < taken.entries.count {
        try chainSome()
        hasWritten = true
      } else if inbox.isClosing {
        guard !hasEnded else { return true }
        try appendCheckpoint(closes: true)
        hasEnded = true
      } else if ContinuousClock.now >= checkpointAt {
        try appendCheckpoint()
      } else {
        return hasWritten
      }
    }
  }

  private mutating func take() {
    inbox.take(&taken)
    chainedEntries = 0
    chainedBytes = 0
  }

  private mutating func chainSome() throws(LogFailure) {
    while chainedEntries < taken.entries.count && output.count < Self.chunkBytes {
      let length = taken.entries[chainedEntries]
      if length < 0 {
        try append(.lost(count: UInt64(-length)))
      } else {
        let end = chainedBytes + length
        guard chain?.append(taken.bytes[chainedBytes..<end], to: &output) == true else { throw Self.digestFailed }
        chainedBytes = end
        outputBytes += length
        outputLines += 1
      }
      chainedEntries += 1
    }
    hasLinesSince = true
    // Where lines never cease to come, or a long wait has ended, it would come too late behind all of them.
    if ContinuousClock.now >= checkpointAt { try appendCheckpoint() }
  }

  private mutating func append(_ event: ChainEvent) throws(LogFailure) {
    guard chain != nil else { return }
    let body = event.body(time: settings.time(), previous: chain?.previousHash ?? "", settings: settings)
    guard chain?.append(body[...], to: &output) == true else { throw Self.digestFailed }
  }

  private mutating func appendCheckpoint(closes: Bool = false) throws(LogFailure) {
    guard let position = chain.map({ ($0.id, $0.next, $0.previousHash) }) else { return }
    let time = settings.time()
    var signature: String?
    if let signer = settings.signer {
      signature = signer.signature(log: position.0, seq: position.1, previous: position.2, time: time)
      guard signature != nil else { throw LogFailure("OpenSSL did not sign") }
    }
    let event = ChainEvent.checkpoint(key: settings.signer?.keyID, signature: signature, closes: closes)
    let body = event.body(time: time, previous: position.2, settings: settings)
    guard chain?.append(body[...], to: &output) == true else { throw Self.digestFailed }
    checkpoint = Checkpoint(
      position: ChainPosition(log: position.0, seq: position.1, hash: chain?.previousHash ?? ""),
      previous: position.2, time: time, key: settings.signer?.keyID, signature: signature)
    hasLinesSince = false
  }

  /// Writes the output; all of it is written where this returns.
  private mutating func flush() throws(LogFailure) {
    while writtenBytes < output.count {
      let (count, failure) = destination.write(output[writtenBytes...])
      writtenBytes += count
      if let failure { throw failure }
    }
    if let checkpoint {
      try destination.sync()
      report(.checkpoint(checkpoint))
      self.checkpoint = nil
      scheduleCheckpoint()
      for file in tooMany { destination.remove(file: file) }
      tooMany = []
    } else if hasLinesSince, !output.isEmpty {
      // A line that was written brings the next checkpoint nearer than an idle log's.
      checkpointAt = min(checkpointAt, .now + .seconds(settings.checkpointSeconds))
    }
    if !output.isEmpty {
      output.removeAll(keepingCapacity: true)
      inbox.release(bytes: outputBytes, lines: outputLines)
      (writtenBytes, outputBytes, outputLines) = (0, 0, 0)
      recovered()
    }
  }

  private mutating func scheduleCheckpoint() {
    checkpointAt = .now + .seconds(settings.checkpointSeconds * (hasLinesSince ? 1 : 10))
  }

  /// Ends a file with a checkpoint and begins the next. Where that fails, the old one is written on.
  private mutating func startNextFileIfFull() throws(LogFailure) {
    guard destination.isFull, !hasEnded, ContinuousClock.now >= nextFileAt else { return }
    do throws(LogFailure) { try destination.prepareNextFile() } catch {
      nextFileAt = .now + .milliseconds(Self.longestDelay)
      // Nothing waits for it, so it is said once and not with each try.
      if !hasNoNextFile { report(.failing(LogFailure("no next file, the last one is written on: \(error)"))) }
      hasNoNextFile = true
      return
    }
    hasNoNextFile = false
    try appendCheckpoint()
    try flush()
    let old = destination.startNextFile()
    try append(.continued(file: destination.fileName))
    for file in old { try append(.removed(file)) }
    // Removed once the checkpoint after it is written: what says so is safe before the file is gone.
    if !old.isEmpty { try appendCheckpoint() }
    tooMany += old.map(\.name)
    try flush()
  }

  private mutating func failed(_ failure: LogFailure) {
    if !inbox.isFailing.exchange(true, ordering: .relaxed) { report(.failing(failure)) }
  }

  private mutating func recovered() {
    delay = Self.shortestDelay
    let lost = inbox.lost
    let hasFailed = inbox.isFailing.exchange(false, ordering: .relaxed)
    // What had waited is of long ago and should be vouched for at once.
    if hasFailed, hasLinesSince { checkpointAt = .now }
    guard hasFailed || lost > lostBefore else { return }
    report(.recovered(lost: lost - lostBefore))
    lostBefore = lost
  }

  private static let digestFailed = LogFailure("OpenSSL did not hash")
}
