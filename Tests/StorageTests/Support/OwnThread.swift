import Foundation

/// Runs what blocks on a thread of its own: on the cooperative pool, which has a thread for each core, two of them could
/// wait for tests that no thread is left for.
func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Result { try body() }) }.start()
  }
}
