import StrictJSON

/// A line of a chain, read by its fixed ends: what stands between them is looked at only where it is an event.
struct ChainedLine {
  /// The longest line, in bytes. A line of this service's own has a few hundred.
  static let maximumBytes = 65_536

  let log: String
  let seq: UInt64
  /// The stated hash, in digits.
  let hash: ArraySlice<UInt8>
  /// What the hash is of, besides the hash before.
  let head: ArraySlice<UInt8>
  /// The `time`, as it is spelled.
  let time: ArraySlice<UInt8>
  /// Whether the line is of the log's own and no decision.
  let isEvent: Bool

  var position: ChainPosition { ChainPosition(log: log, seq: seq, hash: String(decoding: hash, as: UTF8.self)) }
  var timeText: String { String(decoding: time, as: UTF8.self) }

  /// Nil for bytes that are no line of a chain. `line` is without its line feed.
  init?(_ line: ArraySlice<UInt8>) {
    guard line.count <= Self.maximumBytes, line.count > Self.start.count + Chain.tailBytes,
      line.starts(with: Self.start)
    else { return nil }
    head = line.dropLast(Chain.tailBytes)
    let tail = line.suffix(Chain.tailBytes)
    hash = tail.dropFirst(Self.tail.count).prefix(LineDigest.digits)
    guard tail.starts(with: Self.tail), tail.suffix(2).elementsEqual(Self.end),
      Hex.isHex(hash, count: LineDigest.digits)
    else { return nil }
    var rest = head.dropFirst(Self.start.count)
    let id = rest.prefix(16)
    guard Hex.isHex(id, count: 16) else { return nil }
    log = String(decoding: id, as: UTF8.self)
    rest = rest.dropFirst(16)
    guard rest.starts(with: Self.number) else { return nil }
    rest = rest.dropFirst(Self.number.count)
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    // In one spelling, without a leading zero, and with room for counting on.
    guard digits.count <= 15, let seq = UInt64(String(decoding: digits, as: UTF8.self)),
      digits.count == 1 || digits.first != 0x30
    else { return nil }
    self.seq = seq
    rest = rest.dropFirst(digits.count)
    guard rest.starts(with: Self.timeKey) else { return nil }
    rest = rest.dropFirst(Self.timeKey.count)
    time = rest.prefix { $0 != UInt8(ascii: "\"") }
    isEvent = rest.dropFirst(time.count).starts(with: Self.eventKey)
  }

  /// The line as JSON; nil where it is none.
  static func json(_ line: ArraySlice<UInt8>) -> JSON? {
    try? JSON.parse(Array(line), limits: JSONLimits(maximumBytes: maximumBytes, maximumMembers: 256))
  }

  private static let start = Array(#"{"log":""#.utf8)
  private static let number = Array(#"","seq":"#.utf8)
  private static let timeKey = Array(#","time":""#.utf8)
  private static let eventKey = Array(#"","event":""#.utf8)
  private static let tail = Array(#","hash":""#.utf8)
  private static let end = Array("\"}".utf8)
}
