import CLinux

#if canImport(Glibc)
  import Glibc
#endif

/// Starts the thread that a log is written on, which nobody else waits for.
enum WriterThread {
  private final class Start {
    let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new detached thread; false where the system has none to give.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    // The thread takes over the one reference made here, so the box lives exactly until it has been read.
    let start = Unmanaged.passRetained(Start(body: body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        _ = clinux_set_thread_name("decision-log")
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
