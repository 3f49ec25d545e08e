/// Looks for a head's end in bytes that may come one by one, and refuses at once what no head has in it: a line end other
/// than CR LF, and control characters but for the tab.
struct HTTPHeadScanner {
  /// Where the head begins: behind an empty line, where one stands before it (RFC 9112, section 2.2).
  private(set) var start = 0
  private var scanned = 0
  private var lineStart = 0

  /// Where the head ends, behind its empty line; nil where it goes on.
  ///
  /// - Parameter bytes: all that came since the last head's message ended; those looked at before are not looked at again.
  mutating func end(in bytes: Span<UInt8>, maximumBytes: Int) throws(HTTPRefusal) -> Int? {
    while scanned < bytes.count {
      let byte = bytes[scanned]
      if byte == 0x0D {
        guard scanned + 1 < bytes.count else { break }
        guard bytes[scanned + 1] == 0x0A else { throw .malformed }
        let isEmpty = scanned == lineStart
        scanned += 2
        lineStart = scanned
        guard isEmpty else { continue }
        guard scanned == 2 else { return try within(maximumBytes, scanned) }
        start = 2
      } else if byte < 0x20 && byte != 0x09 || byte == 0x7F {
        throw .malformed
      } else {
        scanned += 1
      }
    }
    _ = try within(maximumBytes, scanned)
    return nil
  }

  private func within(_ maximumBytes: Int, _ end: Int) throws(HTTPRefusal) -> Int {
    guard end - start <= maximumBytes else { throw .headTooLarge }
    return end
  }
}
