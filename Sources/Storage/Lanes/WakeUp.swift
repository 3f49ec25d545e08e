import CLinux
import Glibc

/// Ends a lane's wait from another thread: an eventfd, so that one `poll` waits for work and for the connection.
///
/// `Sendable` without a lock: the descriptor is a constant, and reading and writing an eventfd is atomic (eventfd(2)).
final class WakeUp: Sendable {
  let descriptor: Int32

  /// Nil where the process is out of descriptors.
  init?() {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// Makes the descriptor readable.
  func signal() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
  }

  /// Makes it unreadable again.
  func reset() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
  }
}
