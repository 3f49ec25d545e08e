import StrictJSON

/// Parses the UTF-8 of `text`.
func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSON {
  try JSON.parse(Array(text.utf8), limits: limits)
}

/// Why `bytes` are refused; nil where they are accepted.
func refusal(of bytes: [UInt8], limits: JSONLimits = .standard) -> JSONError? {
  do {
    _ = try JSON.parse(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

/// Why the UTF-8 of `text` is refused; nil where it is accepted.
func refusal(of text: String, limits: JSONLimits = .standard) -> JSONError? {
  refusal(of: Array(text.utf8), limits: limits)
}

extension JSON {
  /// The value as it was spelled.
  var rawText: String { String(decoding: rawBytes, as: UTF8.self) }
}

extension JSONLimits {
  /// So wide that only the grammar refuses.
  static let wide = JSONLimits(
    maximumBytes: 8_000_000, maximumDepth: 1_000_000, maximumMembers: 10_000, maximumNodes: 2_000_000)
}

/// SplitMix64: small, and the same numbers for the same seed, so that a failure can be run again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
