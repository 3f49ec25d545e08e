import NIOPosix

/// A thread for what is slow about keys: checking a set can take seconds (sixty-four RSA keys of 8192 bits), and reading
/// a file can block. Neither may happen on an event loop or in the cooperative pool.
struct KeyThread: Sendable {
  private let pool = NIOThreadPool(numberOfThreads: 1)

  init() { pool.start() }

  func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await pool.runIfActive(work)
  }

  /// Ends the thread once it is done with what it does.
  func close() async { try? await pool.shutdownGracefully() }
}
