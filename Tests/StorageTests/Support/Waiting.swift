import Testing

@testable import Storage

/// Asks `condition` every few milliseconds until it holds; records an issue where it does not within `seconds`.
func eventually(
  within seconds: Int = 10, _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let end = Deadline.after(milliseconds: seconds * 1_000)
  while !end.hasPassed {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  Issue.record(what, sourceLocation: sourceLocation)
}

extension Deadline {
  /// Long enough for a loaded machine, short enough for a test.
  static var soon: Deadline { .after(milliseconds: 10_000) }
}
