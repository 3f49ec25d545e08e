/// A hash that tells most keys of an object apart without a look at their bytes.
///
/// Without it, long keys that begin alike make the search for duplicates some fifty times dearer than the rest of the
/// parse. It is seeded anew in each process, so that nobody outside can choose keys that collide. Equal hashes prove
/// nothing: then the bytes decide.
struct KeyHash {
  private static let seed = UInt64.random(in: .min ... .max)
  private static let factor = UInt64.random(in: .min ... .max) | 1

  private var state = seed
  private var word: UInt64 = 0
  private var count = 0

  /// The hash of a key's decoded text.
  static func of(_ key: Node, in input: Span<UInt8>) -> UInt32 {
    var hash = KeyHash()
    if key.isPlain {
      hash.add(input.extracting(key.contents))
    } else {
      var text = DecodedText(key)
      while let byte = text.next(in: input) { hash.add(byte) }
    }
    return hash.finish()
  }

  /// The same as adding the bytes one by one to an empty hash, eight at a time.
  private mutating func add(_ text: Span<UInt8>) {
    let bytes = text.bytes
    while count + 8 <= text.count {
      // A read within bounds, which are checked; "unsafe" only in that any bytes are taken for an integer, which all are.
      word = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: count, as: UInt64.self))
      count += 8
      mix()
    }
    while count < text.count { add(text[count]) }
  }

  private mutating func add(_ byte: UInt8) {
    word = word << 8 | UInt64(byte)
    count += 1
    if count & 7 == 0 { mix() }
  }

  private mutating func mix() {
    let product = (state ^ word).multipliedFullWidth(by: Self.factor)
    state = product.high ^ product.low
    word = 0
  }

  private mutating func finish() -> UInt32 {
    mix()
    word = UInt64(truncatingIfNeeded: count)
    mix()
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }
}
