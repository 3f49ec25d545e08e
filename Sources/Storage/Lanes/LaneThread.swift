import CLinux
import Glibc

/// Starts the threads that lanes block on, away from the cooperative pool.
enum LaneThread {
  private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Runs `body` on a new detached thread, or returns false where the system has no thread to give; `name` (at most 15
  /// bytes) is what `ps -T` shows.
  static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    // The thread takes over the one reference made here, so the box lives exactly until it has been read.
    let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        _ = clinux_set_thread_name(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    guard status == 0 else {
      start.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}
