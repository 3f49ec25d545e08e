/// Takes a chunked body out of its bytes (RFC 9112, section 7.1), where every reader takes them the same
/// way: sizes of plain hexadecimal digits, line ends of CR and LF, no chunk extension, no trailer.
///
/// Extensions and trailers are legal, nothing here needs them, and readers have differed over where they end.
struct ChunkScanner {
  /// What was found in some bytes.
  enum Finding {
    /// All of them are of the body, and it goes on.
    case goesOn
    /// The body ended with so many of them.
    case ends(Int)
    /// They are no body that is let through.
    case malformed
    /// The body is over the limit.
    case tooLarge
  }

  private enum State {
    case sizeStart
    case size(UInt64, digits: Int)
    case sizeLineFeed(UInt64)
    case data(UInt64)
    case dataReturn
    case dataLineFeed
    case endReturn
    case endLineFeed
  }

  /// Four gigabytes in eight digits: far above any body, far below an overflow.
  private static let mostDigits = 8

  private var state = State.sizeStart

  /// Takes the next bytes, and appends what is data among them to `body`.
  ///
  /// - Parameter maximumBytes: of the whole body.
  mutating func take(_ bytes: Span<UInt8>, into body: inout [UInt8], maximumBytes: Int) -> Finding {
    var place = 0
    while place < bytes.count {
      if case .data(let left) = state {
        let taken = Int(clamping: min(UInt64(bytes.count - place), left))
        guard taken <= maximumBytes - body.count else { return .tooLarge }
        state = left == UInt64(taken) ? .dataReturn : .data(left - UInt64(taken))
        // The pointer is used within the closure alone.
        bytes.extracting(place..<place + taken).withUnsafeBufferPointer { body.append(contentsOf: $0) }
        place += taken
        continue
      }
      let byte = bytes[place]
      place += 1
      guard let isEnd = step(byte) else { return .malformed }
      if isEnd { return .ends(place) }
    }
    return .goesOn
  }

  /// Takes a byte outside the data: true where it is the body's last, nil where it may not stand there.
  private mutating func step(_ byte: UInt8) -> Bool? {
    switch (state, byte) {
    case (.sizeStart, _):
      guard let digit = Self.value(of: byte) else { return nil }
      state = .size(digit, digits: 1)
    case (.size(let size, _), 0x0D): state = .sizeLineFeed(size)
    case (.size(let size, let digits), _):
      guard digits < Self.mostDigits, let digit = Self.value(of: byte) else { return nil }
      state = .size(size << 4 | digit, digits: digits + 1)
    case (.sizeLineFeed(let size), 0x0A): state = size == 0 ? .endReturn : .data(size)
    case (.dataReturn, 0x0D): state = .dataLineFeed
    case (.dataLineFeed, 0x0A): state = .sizeStart
    case (.endReturn, 0x0D): state = .endLineFeed
    case (.endLineFeed, 0x0A):
      state = .sizeStart
      return true
    default: return nil
    }
    return false
  }

  private static func value(of byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
