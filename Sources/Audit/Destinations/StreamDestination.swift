#if canImport(Glibc)
  import Glibc
#endif

/// Lines on a file descriptor that somebody else reads: standard output or standard error.
///
/// Each start begins a chain, since what was written before can't be read.
public final class StreamDestination: LineDestination {
  /// What a pipe takes whole or not at all (pipe(7)); no write waits where as much is free.
  private static let pieceBytes = 4_096
  private static let patienceMilliseconds: Int32 = 1_000

  private let descriptor: Int32
  private let alone: (() -> Void) -> Bool

  /// - Parameters:
  ///   - descriptor: stays its owner's and open.
  ///   - alone: runs what it is given while nobody else writes there; false where it could not.
  public init(
    descriptor: Int32,
    alone: @escaping (() -> Void) -> Bool = {
      $0(); return true
    }
  ) {
    self.descriptor = descriptor
    self.alone = alone
  }

  /// Nothing is to be done.
  public func open() -> ChainEnd { .nothing }

  /// Writes piece by piece, waiting at most a second for the reader before each.
  public func write(_ lines: ArraySlice<UInt8>) -> (written: Int, failure: LogFailure?) {
    var rest = lines
    while !rest.isEmpty {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&ready, 1, Self.patienceMilliseconds) > 0 else {
        return (lines.count - rest.count, LogFailure("nobody reads"))
      }
      let piece = Self.piece(of: rest)
      var count = 0
      var code: Int32 = 0
      let wasAlone = alone {
        // `piece` outlives the call, which reads no further than its count.
        count = piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        code = errno
      }
      guard wasAlone else { return (lines.count - rest.count, LogFailure("nobody reads")) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0, code != EINTR, code != EAGAIN {
        errno = code
        return (lines.count - rest.count, .system("write"))
      }
    }
    return (lines.count, nil)
  }

  /// As many whole lines as one write takes; of a longer line a part.
  private static func piece(of lines: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let most = lines.prefix(pieceBytes)
    return most.lastIndex(of: UInt8(ascii: "\n")).map { most[...$0] } ?? most
  }

  /// What the reader makes of it is not in this process' hands.
  public func sync() {}

  /// Nothing is to be done.
  public func close() {}
}
