/// The wait for a room, or a person's list, that another transaction holds: another instance for a batch, a few
/// milliseconds; the app's backend for as long as it likes.
enum BusyRoom {
  /// Waits a moment before the next try, the longer the more tries there were: a room that was held ten times in a row is not
  /// in another batch's hands. Throws where the try would come with less than `leastMilliseconds` before `deadline`.
  static func pause(after tries: Int, before deadline: Deadline, leaving leastMilliseconds: Int)
    async throws(StorageError)
  {
    let pause = Int.random(in: 2...6) * (1 + min(tries, 30) / 5)
    guard Deadline.after(milliseconds: pause + leastMilliseconds) < deadline else {
      throw StorageError(.refused, serverCode: "room_busy")
    }
    try? await Task.sleep(for: .milliseconds(pause))
  }
}
