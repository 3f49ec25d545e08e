import Synchronization

/// Makes a short text for each request, unique in the process and, as far as 30 random bits go, between processes.
///
/// `<6 random characters>-<count>`, in base 32: it fits a small string, so making one allocates nothing.
public final class RequestIDs: Sendable {
  private let prefix: String
  private let count = Atomic<UInt64>(0)

  /// A new prefix, counting from 1.
  public init() {
    var generator = SystemRandomNumberGenerator()
    var bits = generator.next()
    var prefix = ""
    for _ in 0..<6 {
      prefix.append(Self.digit(bits))
      bits >>= 5
    }
    self.prefix = prefix + "-"
  }

  /// The next request's id.
  public func next() -> String {
    prefix + String(count.wrappingAdd(1, ordering: .relaxed).newValue, radix: 32)
  }

  private static func digit(_ bits: UInt64) -> Character {
    let value = UInt8(bits & 31)
    return Character(Unicode.Scalar(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10))
  }
}
