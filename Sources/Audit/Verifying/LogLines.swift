#if canImport(Glibc)
  import Glibc
#endif

/// Goes through the lines of a file of any length.
public enum LogLines {
  private static let chunkBytes = 262_144

  /// Reads the open file `descriptor` from where it is to its end.
  ///
  /// - Parameters:
  ///   - name: what the lines' places call the file.
  ///   - progress: told after each piece how many bytes it had.
  ///   - body: given each line without its line feed; of one that is far longer than any of a log, only a beginning.
  ///     False ends the reading.
  /// - Returns: what stands after the last line feed, with its place; nil where nothing does.
  public static func read(
    _ descriptor: Int32, named name: String, progress: (Int) -> Void = { _ in },
    _ body: (ArraySlice<UInt8>, LogPlace) throws -> Bool
  ) throws -> (bytes: [UInt8], place: LogPlace)? {
    var rest: [UInt8] = []
    var number = 0
    while true {
      let chunk = try chunk(of: descriptor)
      guard !chunk.isEmpty else { break }
      progress(chunk.count)
      var start = chunk.startIndex
      while let end = chunk[start...].firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        let place = LogPlace(file: name, line: number)
        let goesOn: Bool
        if rest.isEmpty {
          goesOn = try body(chunk[start..<end], place)
        } else {
          append(chunk[start..<end], to: &rest)
          goesOn = try body(rest[...], place)
          rest.removeAll(keepingCapacity: true)
        }
        guard goesOn else { return nil }
        start = end + 1
      }
      append(chunk[start...], to: &rest)
    }
    return rest.isEmpty ? nil : (rest, LogPlace(file: name, line: number + 1))
  }

  /// One byte more than a line may have shows that it is too long.
  private static func append(_ bytes: ArraySlice<UInt8>, to rest: inout [UInt8]) {
    rest += bytes.prefix(max(0, ChainedLine.maximumBytes + 1 - rest.count))
  }

  private static func chunk(of descriptor: Int32) throws(LogFailure) -> [UInt8] {
    while true {
      var result = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, filled in
        result = Glibc.read(descriptor, buffer.baseAddress, chunkBytes)
        filled = max(0, result)
      }
      if result >= 0 { return bytes }
      guard errno == EINTR else { throw .system("read") }
    }
  }
}
