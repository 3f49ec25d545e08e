import Glibc

/// Reads files with a bound: a file of another's may have no end.
enum FileBytes {
  /// Why a file was not read, in the system's words.
  struct Fault: Error, CustomStringConvertible {
    let description: String

    /// The last system call's.
    init() { description = String(cString: strerror(errno)) }
  }

  /// At most `maximum` bytes of the file at `path`, and one more where it has more. `-` is standard input.
  static func read(_ path: String, atMost maximum: Int) throws(Fault) -> [UInt8] {
    let file = try open(path)
    defer { close(file) }
    var bytes: [UInt8] = []
    while bytes.count <= maximum {
      let more = try chunk(of: file, atMost: min(65_536, maximum + 1 - bytes.count))
      guard !more.isEmpty else { break }
      bytes += more
    }
    return bytes
  }

  /// A descriptor for reading, the caller's to close.
  static func open(_ path: String) throws(Fault) -> Int32 {
    let file = path == "-" ? dup(STDIN_FILENO) : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Fault() }
    return file
  }

  /// What is there, at least one byte unless the file has ended.
  static func chunk(of file: Int32, atMost count: Int) throws(Fault) -> [UInt8] {
    while true {
      var result = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        result = Glibc.read(file, buffer.baseAddress, count)
        filled = max(0, result)
      }
      if result >= 0 { return bytes }
      guard errno == EINTR else { throw Fault() }
    }
  }
}
