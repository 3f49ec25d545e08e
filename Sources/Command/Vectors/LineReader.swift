import Glibc

/// Reads lines as they come, each of bounded length. A line feed ends a line and nothing else does; what follows the
/// last one is a line too, unless it is nothing.
struct LineReader: ~Copyable {
  enum Line {
    case whole([UInt8])
    /// Longer than the bound. What it was is not kept.
    case tooLong
  }

  private let file: Int32
  private let maximumBytes: Int
  private var pending: ArraySlice<UInt8> = []
  private var hasEnded = false

  /// Takes the descriptor over.
  init(file: Int32, maximumBytes: Int) {
    self.file = file
    self.maximumBytes = maximumBytes
  }

  deinit { close(file) }

  /// The next line without its end; nil after the last.
  mutating func next() throws(FileBytes.Fault) -> Line? {
    var line: [UInt8] = []
    var hasBegun = false
    var isTooLong = false
    while true {
      if pending.isEmpty && !hasEnded {
        pending = try FileBytes.chunk(of: file, atMost: 65_536)[...]
        hasEnded = pending.isEmpty
      }
      guard !pending.isEmpty else { return hasBegun ? isTooLong ? .tooLong : .whole(line) : nil }
      hasBegun = true
      let end = pending.firstIndex(of: UInt8(ascii: "\n"))
      let part = pending[..<(end ?? pending.endIndex)]
      isTooLong = isTooLong || line.count + part.count > maximumBytes
      if !isTooLong { line += part }
      pending = pending[(end.map { $0 + 1 } ?? pending.endIndex)...]
      if end != nil { return isTooLong ? .tooLong : .whole(line) }
    }
  }
}
