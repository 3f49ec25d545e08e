public import StrictJSON

/// Which decisions are looked for. What is not set is not looked at.
public struct DecisionFilter: Sendable {
  /// Fields of a line and the text that each must have, to the byte.
  public var texts: [(field: String, text: String)] = []
  /// The match: what stands behind the colon of the channel, or the field `match`.
  public var match: String?
  /// The earliest time, as RFC 3339 spells it in UTC with milliseconds.
  public var since: String?
  /// The first time that is too late, spelled likewise.
  public var until: String?
  /// Whether the rules in shadow must have decided otherwise.
  public var shadowDiffers = false

  /// Every decision.
  public init() {}

  /// Whether the line is a decision that is looked for.
  public func matches(_ line: JSON) -> Bool {
    guard line["hook"] != nil, let time = line["time"]?.string else { return false }
    // The spelling has a fixed width, so the order of texts is that of times.
    if let since, time < since { return false }
    if let until, time >= until { return false }
    if shadowDiffers && line["shadow"] == nil { return false }
    for (field, text) in texts {
      guard let found = line[field]?.string, found.utf8.elementsEqual(text.utf8) else { return false }
    }
    guard let match else { return true }
    let ofChannel = line["channel"]?.string.flatMap { channel in
      channel.firstIndex(of: ":").map { channel[channel.index(after: $0)...] }
    }
    if let ofChannel, ofChannel.utf8.elementsEqual(match.utf8) { return true }
    return line["match"]?.string.map { $0.utf8.elementsEqual(match.utf8) } ?? false
  }

  /// The line of a log as JSON; nil for one that is none of a chain.
  public static func decision(_ line: ArraySlice<UInt8>) -> JSON? {
    guard let chained = ChainedLine(line), !chained.isEvent else { return nil }
    return ChainedLine.json(line)
  }
}
