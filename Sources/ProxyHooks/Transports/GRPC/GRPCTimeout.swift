/// A call's time as its caller gives it in `grpc-timeout`: up to eight digits and a unit ("Requests" in gRPC's description
/// of its protocol over HTTP/2).
enum GRPCTimeout {
  /// The metadata's key.
  static let key = "grpc-timeout"

  /// The time in nanoseconds; nil where `text` is no time.
  static func nanoseconds(_ text: String) -> UInt64? {
    let bytes = Array(text.utf8)
    guard (2...9).contains(bytes.count), let unit = bytes.last.flatMap(nanoseconds(of:)) else { return nil }
    var amount: UInt64 = 0
    for byte in bytes.dropLast() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      amount = amount * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    let (product, overflow) = amount.multipliedReportingOverflow(by: unit)
    return overflow ? .max : product
  }

  private static func nanoseconds(of unit: UInt8) -> UInt64? {
    switch unit {
    case UInt8(ascii: "n"): 1
    case UInt8(ascii: "u"): 1_000
    case UInt8(ascii: "m"): 1_000_000
    case UInt8(ascii: "S"): 1_000_000_000
    case UInt8(ascii: "M"): 60_000_000_000
    case UInt8(ascii: "H"): 3_600_000_000_000
    default: nil
    }
  }
}
