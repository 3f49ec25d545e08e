/// A duration as Go writes it: `1s`, `1h30m`, `250ms`.
struct GoDuration: Hashable, Comparable, Sendable {
  let nanoseconds: Int64

  static let zero = GoDuration(nanoseconds: 0)

  static func milliseconds(_ count: Int) -> GoDuration {
    GoDuration(nanoseconds: Int64(clamping: count).multipliedReportingOverflow(by: 1_000_000).partialValue)
  }

  static func seconds(_ count: Int64) -> GoDuration { GoDuration(nanoseconds: count * 1_000_000_000) }

  init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Reads what Go's `time.ParseDuration` reads; nil for anything else, and for what 63 bits do not hold.
  init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    guard !rest.isEmpty else { return nil }
    if rest == [UInt8(ascii: "0")] {
      self = .zero
      return
    }
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
      guard let count = Self.decimal(number) else { return nil }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: ".") }
      guard let length = Self.units[String(decoding: unit, as: UTF8.self)] else { return nil }
      rest = rest.dropFirst(unit.count)
      total += count * length
    }
    guard let nanoseconds = Int64(exactly: (isNegative ? -total : total).rounded()) else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// Digits with at most one point among them.
  private static func decimal(_ digits: ArraySlice<UInt8>) -> Double? {
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, digits.contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
    return Double(
      parts.map { $0.isEmpty ? "0" : String(decoding: $0, as: UTF8.self) }.joined(separator: "."))
  }

  private static let units: [String: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3_600e9,
  ]

  static func < (left: GoDuration, right: GoDuration) -> Bool { left.nanoseconds < right.nanoseconds }

  static func + (left: GoDuration, right: GoDuration) -> GoDuration {
    let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
    return GoDuration(nanoseconds: overflow ? (left.nanoseconds < 0 ? .min : .max) : sum)
  }

  /// The duration in the largest units that it is a whole number of: `90s`, `5m`, `24h`.
  var text: String {
    for (unit, length) in [
      ("h", Int64(3_600_000_000_000)), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ]
    where nanoseconds != 0 && nanoseconds % length == 0 {
      return "\(nanoseconds / length)\(unit)"
    }
    return nanoseconds == 0 ? "0s" : "\(nanoseconds)ns"
  }
}
