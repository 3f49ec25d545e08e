/// What a lane drives: one connection and the one kind of work that is done over it in batches.
///
/// A worker is made, used and released on its lane's thread and nowhere else, so it needs no lock and is not `Sendable`.
protocol LaneWorker: SendableMetatype {
  associatedtype Job: Sendable
  associatedtype Outcome: Sendable

  /// The connection's socket. The lane watches it while there is no work.
  var descriptor: Int32 { get }

  /// Called when the socket became readable without work under way; false where the connection is lost.
  func isAliveWhenIdle() -> Bool

  /// Does the jobs' work in one go and returns by `deadline`, which is the earliest of the jobs'.
  ///
  /// - Parameter onceSent: to be called when the first request is on its way and before anything is waited for: what is done
  ///   there takes none of the server's time. To leave it out, or to call it again, does no harm.
  func run(_ batch: [Job], by deadline: Deadline, onceSent: () -> Void) -> BatchResult<Outcome>
}

/// How a batch ended.
enum BatchResult<Outcome> {
  /// An outcome for each job, in the jobs' order.
  case done([Outcome])
  /// No job was done; the connection is good.
  case refused(StorageError)
  /// What was done is not known; the connection must not be used again, since a late answer would meet another request.
  case broken(StorageError)
}
