import Dispatch
import StrictJSON
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Where log lines go: a file descriptor, written by a queue of its own.
///
/// Whoever logs never waits for the reader of the log: lines gather while a write is under way and go out with the
/// next, in order and whole. A reader that has stopped costs lines, not answers; how many were lost is written once it reads
/// again.
public final class LogOutput: Sendable {
  private struct Pending {
    var bytes: [UInt8] = []
    var lost = 0
    var isScheduled = false
  }

  private let descriptor: Int32
  private let maximumBytes: Int
  private let pending = Mutex(Pending())
  private let queue = DispatchQueue(label: "log")
  /// Held while something is written, so that lines of another log on the same descriptor stay whole.
  private let turn = Mutex(())

  /// Standard error.
  public static let standardError = LogOutput(descriptor: STDERR_FILENO)
  /// Standard output.
  public static let standardOutput = LogOutput(descriptor: STDOUT_FILENO)

  /// Writes to `descriptor`, which stays its owner's and open. At most `maximumBytes` wait to be written.
  public init(descriptor: Int32, maximumBytes: Int = 4 << 20) {
    self.descriptor = descriptor
    self.maximumBytes = maximumBytes
  }

  /// Takes one line, without its line end.
  public func write(line: [UInt8]) {
    let mustSchedule = pending.withLock { pending in
      guard pending.bytes.count + line.count < maximumBytes else {
        pending.lost += 1
        return false
      }
      pending.bytes.append(contentsOf: line)
      pending.bytes.append(UInt8(ascii: "\n"))
      defer { pending.isScheduled = true }
      return !pending.isScheduled
    }
    if mustSchedule { queue.async { [self] in writePending() } }
  }

  /// Waits until what was taken so far is written, at most two seconds. For the end of the process.
  public func flush() {
    let group = DispatchGroup()
    queue.async(group: group) { [self] in writePending() }
    _ = group.wait(timeout: .now() + 2)
  }

  /// Runs `body` while nothing else is written here; false, without having run it, where a second was not enough for
  /// that, as nobody reads.
  func whileQuiet(_ body: () -> Void) -> Bool {
    for _ in 0..<1_000 {
      if turn.withLockIfAvailable({ _ in body() }) != nil { return true }
      usleep(1_000)
    }
    return false
  }

  private func writePending() {
    while true {
      let (bytes, lost) = pending.withLock { pending in
        defer { pending = Pending(isScheduled: !pending.bytes.isEmpty || pending.lost > 0) }
        return (pending.bytes, pending.lost)
      }
      guard !bytes.isEmpty || lost > 0 else { return }
      turn.withLock { _ in
        writeAll(bytes)
        if lost > 0 { writeAll(Self.lossLine(lost)) }
      }
    }
  }

  private static func lossLine(_ lost: Int) -> [UInt8] {
    var writer = JSONWriter(capacity: 128)
    writer.beginObject()
    writer.key("time")
    writer.string(UTCTime.now.rfc3339)
    writer.key("level")
    writer.string("warning")
    writer.key("message")
    writer.string("log lines lost")
    writer.key("count")
    writer.integer(lost)
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private func writeAll(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // `rest` outlives the call, which reads no further than its count.
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if written < 0, errno == EINTR {
        continue
      } else if written < 0, errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else {
        // Closed or broken: there is nowhere left to say so.
        return
      }
    }
  }
}
