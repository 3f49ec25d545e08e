import Testing

@testable import Storage

/// Asks `condition` every few milliseconds until it holds; records an issue where it does not in 2 000 tries. Tries and not
/// seconds: on a busy machine a test may not be scheduled for as long as it would wait.
func eventually(
  _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  for _ in 0..<2_000 {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  Issue.record(what, sourceLocation: sourceLocation)
}

extension Deadline {
  /// Long enough for a loaded machine, short enough for a test.
  static var soon: Deadline { .after(milliseconds: 60_000) }
}
