#if canImport(Glibc)
  import Glibc
#endif

/// The PEM files of the hooks' listener.
struct TLSFiles: Hashable, Sendable {
  /// The server's certificate and what stands between it and the root, leaf first.
  var certificate: String
  /// The leaf's private key, not encrypted.
  var key: String
  /// The roots that callers' certificates must come from; nil asks callers for none.
  var clientCA: String?

  /// How the files look from outside. Blocks for as long as the file system does.
  var stamps: [FileStamp?] { [certificate, key, clientCA ?? ""].map { FileStamp(path: $0) } }
}

/// What tells that a file is not the one it was: another file under its name, or the same one written anew.
struct FileStamp: Equatable, Sendable {
  private let device: UInt
  private let inode: UInt
  private let size: Int
  private let modified: [Int]
  /// The change time moves where a copy that preserves times sets the other one back.
  private let changed: [Int]

  /// Follows symbolic links; nil where there is no such file.
  init?(path: String) {
    var status = stat()
    guard !path.isEmpty, stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
  }
}

extension TLSFiles {
  /// More than any chain of certificates has.
  private static let maximumBytes = 1_048_576

  /// A file's bytes; nil for one that is not there, not readable, no regular file, or larger than a megabyte.
  static func read(_ path: String) -> [UInt8]? {
    // Without O_NONBLOCK the opening of a named pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16_384)
    while bytes.count <= maximumBytes {
      let count = Glibc.read(descriptor, &part, part.count)
      if count == 0 { return bytes }
      if count < 0 {
        guard errno == EINTR else { return nil }
        continue
      }
      bytes += part[..<count]
    }
    return nil
  }
}
