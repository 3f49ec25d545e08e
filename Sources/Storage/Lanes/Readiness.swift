import Glibc

/// Waiting for descriptors: the only place in Storage where a thread sleeps.
enum Readiness {
  /// What a socket is waited for.
  enum Direction {
    case readable
    case writable
    /// Either of the two.
    case any

    var events: Int16 {
      switch self {
      case .readable: Int16(POLLIN)
      case .writable: Int16(POLLOUT)
      case .any: Int16(POLLIN | POLLOUT)
      }
    }
  }

  /// Waits until `descriptor` is ready or has failed; false once `deadline` has passed.
  static func wait(for descriptor: Int32, _ direction: Direction, by deadline: Deadline) -> Bool {
    var watched = pollfd(fd: descriptor, events: direction.events, revents: 0)
    while true {
      let left = deadline.millisecondsLeft
      let count = poll(&watched, 1, left)
      if count > 0 { return true }
      if count == 0 && (left == 0 || deadline.hasPassed) { return false }
      if count < 0 && errno != EINTR { return true }  // the caller's next read or write reports what is wrong
    }
  }

  /// Waits without a deadline until one of two descriptors is readable or has failed, and says which.
  static func waitIdle(_ first: Int32, _ second: Int32) -> (first: Bool, second: Bool) {
    var watched = [
      pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&watched, 2, -1) < 0 && errno == EINTR {}
    return (watched[0].revents != 0, watched[1].revents != 0)
  }
}
