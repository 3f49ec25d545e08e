public import NIOCore

/// Runs a task's code on one event loop.
///
/// A hook started on its connection's executor runs on the loop that read the request and will write the reply, so the
/// only change of thread on its way is the one from a lane's thread back to the loop.
public final class EventLoopTaskExecutor: TaskExecutor {
  private let loop: any EventLoop

  /// An executor whose jobs run on `loop`, in the order they were enqueued.
  public init(_ loop: any EventLoop) { self.loop = loop }

  /// Hands `job` to the loop. A loop that was shut down drops its jobs, so a group is shut down after its tasks.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    loop.execute { job.runSynchronously(on: executor) }
  }
}
