public import NIOCore

/// Runs a task's code on one event loop.
///
/// A hook started on its connection's executor runs on the loop that read the request and will write the reply, so the
/// only change of thread on its way is the one from a lane's thread back to the loop.
public final class EventLoopTaskExecutor: TaskExecutor {
  private let loop: any EventLoop
  /// Whether the next job is the beginning of what ``start(_:)`` was given. Unsafe only to the compiler: looked at and
  /// changed on the loop alone.
  private nonisolated(unsafe) var isStarting = false

  /// An executor whose jobs run on `loop`, in the order they were enqueued.
  public init(_ loop: any EventLoop) { self.loop = loop }

  /// Begins `operation` as a task of the loop, before this returns: it runs here up to where it first waits. To be called
  /// on the loop, and not from within a task.
  func start(_ operation: sending @escaping () async -> Void) {
    loop.preconditionInEventLoop()
    isStarting = true
    Task(executorPreference: self, operation: operation)
    // A task begins with an enqueueing on the thread that makes it; should it ever not, nothing else is to run here.
    isStarting = false
  }

  /// Hands `job` to the loop. A loop that was shut down drops its jobs, so a group is shut down after its tasks.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    if loop.inEventLoop, isStarting {
      isStarting = false
      return job.runSynchronously(on: executor)
    }
    loop.execute { job.runSynchronously(on: executor) }
  }
}
