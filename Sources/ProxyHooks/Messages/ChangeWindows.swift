/// How long its sender may change a message, from when it was stored.
public struct ChangeWindows: Hashable, Sendable {
  /// Editing, in seconds; 0 never.
  public var editSeconds: Int64
  /// Deleting, in seconds; 0 never.
  public var deleteSeconds: Int64

  /// Windows of `editSeconds` and `deleteSeconds`.
  public init(editSeconds: Int64 = 900, deleteSeconds: Int64 = 86_400) {
    self.editSeconds = editSeconds
    self.deleteSeconds = deleteSeconds
  }
}
