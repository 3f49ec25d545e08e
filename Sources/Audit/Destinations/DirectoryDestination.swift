#if canImport(Glibc)
  import Glibc
#endif

/// Lines in files of a directory. One chain goes on over files and over restarts.
///
/// Writes go to a known place in the file, so that half of a line that did not fit is written over, and is cut off
/// meanwhile.
public final class DirectoryDestination: LineDestination {
  private let path: String
  private let fileBytes: Int
  private let filesKept: Int
  private let digest: LineDigest?
  private var directory: Int32 = -1
  private var file: Int32 = -1
  /// The next file, made ready and empty.
  private var nextFile: Int32 = -1
  private var number = 0
  private var size = 0

  /// - Parameters:
  ///   - path: an existing directory.
  ///   - fileBytes: how large a file grows before the next one is begun.
  ///   - filesKept: how many files there are at most; 0 keeps all.
  public init(path: String, fileBytes: Int, filesKept: Int) {
    self.path = path
    self.fileBytes = fileBytes
    self.filesKept = filesKept
    digest = LineDigest()
  }

  deinit { close() }

  /// Locks the directory and reads how its last file ends.
  public func open() throws(LogFailure) -> ChainEnd {
    guard let digest else { throw LogFailure("OpenSSL has no SHA-256") }
    close()
    directory = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw .system(path) }
    guard flock(directory, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? LogFailure("\(path): another instance writes there") : .system(path)
    }
    let names = try LogFiles.names(in: path)
    number = names.last.flatMap { LogFiles.number(of: $0) } ?? 1
    var torn: TornLine?
    // The last file, or where it has no whole line the one before: a file may have been begun and hardly written to.
    for name in names.reversed() {
      let file = openat(directory, name, O_RDWR | O_CLOEXEC)
      guard file >= 0 else { throw .system(name) }
      var isTaken = false
      defer { if !isTaken { Glibc.close(file) } }
      let tail = try LogTail(of: file, digest: digest)
      if !tail.half.isEmpty {
        guard let sum = digest.hash(of: tail.half) else { throw LogFailure("OpenSSL did not hash") }
        torn = TornLine(file: name, bytes: tail.half.count, digest: String(decoding: sum, as: UTF8.self))
      }
      if tail.isDamaged {
        try beginAnother(number)
        return .follows(nil, damaged: name)
      }
      guard let last = tail.last else { continue }
      if torn == nil, name == names.last {
        isTaken = true
        self.file = file
        size = tail.size
      } else {
        try beginAnother(number)
      }
      return .goesOn(last.position, closed: tail.isClosed, torn: torn)
    }
    if let torn {
      try beginAnother(number)
      return .follows(nil, damaged: torn.file)
    }
    try begin(LogFiles.name(number))
    return .nothing
  }

  /// Leaves the last file as it is, if there is anything in it: it may be all that is left of a line.
  private func beginAnother(_ last: Int) throws(LogFailure) {
    var status = stat()
    let isEmpty = fstatat(directory, LogFiles.name(last), &status, 0) == 0 && status.st_size == 0
    number = isEmpty ? last : last + 1
    try begin(LogFiles.name(number))
  }

  private func begin(_ name: String) throws(LogFailure) { use(try make(name)) }

  private func use(_ new: Int32) {
    if file >= 0 { Glibc.close(file) }
    file = new
    size = 0
  }

  /// Makes the file, for the operator's group to read, and its name durable.
  private func make(_ name: String) throws(LogFailure) -> Int32 {
    let new = openat(directory, name, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard new >= 0 else { throw .system(name) }
    var status = stat()
    guard fstat(new, &status) == 0, status.st_size == 0 else {
      Glibc.close(new)
      throw LogFailure("\(name): is there already")
    }
    fsync(directory)
    return new
  }

  /// Writes at the end of the last whole line. Of what did not fit whole lines stay.
  public func write(_ lines: ArraySlice<UInt8>) -> (written: Int, failure: LogFailure?) {
    var written = 0
    while written < lines.count {
      let rest = lines.dropFirst(written)
      // `rest` outlives the call, which reads no further than its count.
      let count = rest.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(size + written)) }
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        let failure = LogFailure.system("write")
        written = lines.prefix(written).lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 - lines.startIndex } ?? 0
        size += written
        // Where even that fails, the next write goes over it.
        _ = ftruncate(file, off_t(size))
        return (written, failure)
      }
    }
    size += written
    return (written, nil)
  }

  /// fdatasync(2).
  public func sync() throws(LogFailure) { guard fdatasync(file) == 0 else { throw .system("fdatasync") } }

  /// Whether the file has its size.
  public var isFull: Bool { size >= fileBytes }

  /// The last file's.
  public var fileName: String? { LogFiles.name(number) }

  /// Makes the file of the next number.
  public func prepareNextFile() throws(LogFailure) {
    guard nextFile < 0 else { return }
    nextFile = try make(LogFiles.name(number + 1))
  }

  /// Goes on in the file of the next number.
  public func startNextFile() -> [OldFile] {
    guard nextFile >= 0 else { return [] }
    use(nextFile)
    nextFile = -1
    number += 1
    guard filesKept > 0, let names = try? LogFiles.names(in: path) else { return [] }
    return names.dropLast(filesKept).map { OldFile(name: $0, end: end(of: $0)) }
  }

  private func end(of name: String) -> ChainPosition? {
    let file = openat(directory, name, O_RDONLY | O_CLOEXEC)
    guard file >= 0, let digest else { return nil }
    defer { Glibc.close(file) }
    return (try? LogTail(of: file, digest: digest))?.end?.position
  }

  /// unlink(2). One that can't be is tried again with the next file.
  public func remove(file: String) { unlinkat(directory, file, 0) }

  /// Gives the lock up.
  public func close() {
    if file >= 0 { Glibc.close(file) }
    if nextFile >= 0 { Glibc.close(nextFile) }
    if directory >= 0 { Glibc.close(directory) }
    file = -1
    nextFile = -1
    directory = -1
  }
}
