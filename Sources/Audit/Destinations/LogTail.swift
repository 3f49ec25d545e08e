#if canImport(Glibc)
  import Glibc
#endif

/// What stands at the end of a log's file.
struct LogTail {
  /// The last whole line, where it is a good one.
  var last: ChainedLine?
  /// The last whole line, if it is one of a chain, whatever its hash.
  var end: ChainedLine?
  /// Whether that line says that its process had closed the log.
  var isClosed = false
  /// What follows the last line feed.
  var half: [UInt8] = []
  /// Whether the last whole line is none of a chain, or does not follow from the one before, or more follows it than half
  /// a line.
  var isDamaged = false
  /// How long the file is.
  var size = 0

  /// Reads the end of the open file `descriptor`, as much as two lines can take.
  init(of descriptor: Int32, digest: LineDigest) throws(LogFailure) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("fstat") }
    size = Int(status.st_size)
    let start = max(0, size - 2 * (ChainedLine.maximumBytes + 1) - ChainedLine.maximumBytes)
    let bytes = try Self.read(descriptor, from: start, count: size - start)
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
      half = bytes
      // Longer than any line, so it is no half of one.
      isDamaged = start > 0 || half.count > ChainedLine.maximumBytes
      return
    }
    half = Array(bytes[(end + 1)...])
    guard half.count <= ChainedLine.maximumBytes else {
      isDamaged = true
      return
    }
    let lines = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).suffix(2)
    guard let line = lines.last.flatMap({ ChainedLine($0) }) else {
      isDamaged = true
      return
    }
    self.end = line
    // The line before gives the hash to check this one with; a file's first line names it itself.
    let before = lines.count == 2 ? lines.first.flatMap { ChainedLine($0) } : nil
    let json = line.isEvent ? lines.last.flatMap { ChainedLine.json($0) } : nil
    let stated = json?["prev"]?.string.map { Array($0.utf8) }
    let previous = before.map { Array($0.hash) } ?? stated
    let hash = previous.flatMap { previous in line.head.withUnsafeBytes { digest.hash(after: previous, $0) } }
    isDamaged = hash.map { !line.hash.elementsEqual($0) } ?? true
    if !isDamaged {
      last = line
      isClosed = json?["event"]?.isString("closed") == true
    }
  }

  private static func read(_ descriptor: Int32, from start: Int, count: Int) throws(LogFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let place = start + bytes.count
      let wanted = count - bytes.count
      var result = 0
      bytes += [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        result = pread(descriptor, buffer.baseAddress, wanted, off_t(place))
        filled = max(0, result)
      }
      if result == 0 { break }
      if result < 0 && errno != EINTR { throw .system("read") }
    }
    return bytes
  }
}
