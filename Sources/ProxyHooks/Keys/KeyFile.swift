import Auth
import Glibc

/// A key set in a file, read whole each time: its size or time alone could stay the same while its content changes.
struct KeyFile: KeyLoading {
  let path: String
  /// Where reading may block.
  let thread: KeyThread

  func load() async throws -> [UInt8] { try await thread.run { [path] in try Self.read(path) } }

  func close() async {}

  private static func read(_ path: String) throws -> [UInt8] {
    // A pipe in the file's place must not be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw KeyLoadFailure(.unreadable) }
    defer { Glibc.close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw KeyLoadFailure(.unreadable) }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16_384)
    while bytes.count <= KeySet.maximumBytes {
      let count = Glibc.read(descriptor, &room, room.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw KeyLoadFailure(.unreadable) }
      if count == 0 { return bytes }
      bytes += room[..<count]
    }
    throw KeyLoadFailure(.tooLarge)
  }
}
