/// The wait for a room, or a person's list, that another transaction holds: another instance for a batch, a few
/// milliseconds; the app's backend for as long as it likes.
enum BusyRoom {
  /// Waits a moment before the next try; throws where that would come with less than `leastMilliseconds` before `deadline`.
  static func pause(before deadline: Deadline, leaving leastMilliseconds: Int) async throws(StorageError) {
    let pause = Int.random(in: 2...6)
    guard Deadline.after(milliseconds: pause + leastMilliseconds) < deadline else {
      throw StorageError(.refused, serverCode: "room_busy")
    }
    try? await Task.sleep(for: .milliseconds(pause))
  }
}
