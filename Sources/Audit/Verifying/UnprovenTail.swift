/// The lines after a chain's last signed checkpoint: whether there are more than one would be waited for with.
struct UnprovenTail {
  /// What is allowed beyond the time between two checkpoints, as a multiple of it and in seconds: writing may take long.
  private static let (patience, slackSeconds) = (3, 60)
  /// How much further apart checkpoints are while nothing is written.
  private static let idleFactor = 10
  /// Beyond it a number is none of seconds between checkpoints.
  private static let mostSeconds = 1_000_000_000

  /// The time between two checkpoints as it was stated last.
  var seconds: Int?
  /// The same, as far as a signed checkpoint vouches for it.
  private(set) var provenSeconds: Int?
  private var first: Int?
  private var latest: Int?
  private var hasNoTime = false

  /// Takes the time of a line.
  mutating func add(_ time: String) {
    guard provenSeconds != nil else { return }
    guard let time = Self.milliseconds(time) else { return hasNoTime = true }
    if first == nil { first = time }
    latest = max(latest ?? time, time)
  }

  /// A signed checkpoint ends it.
  mutating func end() {
    if let seconds, (1...Self.mostSeconds).contains(seconds) { provenSeconds = seconds }
    (first, latest, hasNoTime) = (nil, nil, false)
  }

  /// Whether a checkpoint should have been here: lines began to be written long enough before the last one, or so long
  /// after the checkpoint at `time` that one would have come without lines.
  func isOverdue(since time: String) -> Bool {
    guard let provenSeconds else { return false }
    if hasNoTime { return true }
    guard let first, let latest, let begin = Self.milliseconds(time) else { return false }
    let most = (Self.patience * provenSeconds + Self.slackSeconds) * 1_000
    return latest - first > most || first - begin > most + Self.idleFactor * provenSeconds * 1_000
  }

  /// Milliseconds on a count of days without gaps; nil for what is no time as the log spells it (RFC 3339, UTC,
  /// milliseconds).
  static func milliseconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    let form = Array("0000-00-00T00:00:00.000Z".utf8)
    guard bytes.count == form.count else { return nil }
    for (byte, wanted) in zip(bytes, form) {
      guard wanted == 0x30 ? (0x30...0x39).contains(byte) : byte == wanted else { return nil }
    }
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    var (year, month) = (number(0..<4), number(5..<7))
    guard (1...12).contains(month), year > 0 else { return nil }
    // Years that begin with March end with the day that is not always there.
    if month < 3 { (year, month) = (year - 1, month + 12) }
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + number(8..<10)
    let seconds = number(11..<13) * 3_600 + number(14..<16) * 60 + number(17..<19)
    return (days * 86_400 + seconds) * 1_000 + number(20..<23)
  }
}
