public import Auth
public import Logging

/// Where messages go.
///
/// Rooms are hashed onto lanes: a room's messages keep the order in which they were submitted here, unless the room is
/// busy and some of them are tried again, and two connections of this process never want one room's lock.
public final class MessageStore: Sendable {
  /// What became of a message, and the facts that were seen with it in one snapshot.
  public struct Outcome: Sendable {
    /// What became of it.
    public enum Fate: Sendable {
      /// In the table with the room's next number: the message as everybody gets it, and the key it is broadcast under.
      case stored(StoredMessage)
      /// The very same message was there already; nothing was written.
      case repeated(StoredMessage)
      /// It was there already, and too long ago to be broadcast under its key again, or it was edited or deleted since:
      /// what it is now. Nothing was written, and nothing is to be broadcast.
      case old(StoredMessage)
      /// Another message has its id; nothing was written.
      case conflict
      /// The facts did not pass the guard; nothing was written.
      case denied
      /// Another transaction held the room; nothing was written or decided. ``MessageStore/store(_:if:by:)`` tries again
      /// and never returns it.
      case busy
    }

    /// What the database said of the sender.
    public let facts: MembershipFacts
    /// What became of the message.
    public let fate: Fate
  }

  /// A message in the table.
  public struct StoredMessage: Sendable {
    /// The message as JSON, as it is broadcast and as history has it.
    public let json: [UInt8]
    /// A random key, the same each time: Centrifugo broadcasts once for it.
    public let idempotencyKey: String
  }

  private let lanes: [Lane<MessageWorker>]
  /// Rung by others too who put into the outbox what belongs in one order with messages.
  let bell: OutboxBell
  private let leastMilliseconds: Int

  /// Opens `settings.messageLanes` connections.
  public init(settings: DatabaseSettings, log: Logger) throws(StorageError) {
    leastMilliseconds = settings.limits.leastMilliseconds
    bell = try OutboxBell(settings: settings, log: log)
    lanes = try settings.lanes("messages", count: settings.messageLanes, log: log)
  }

  deinit { close() }

  /// Stores `message` if its sender passes `guard`; returns once it is durable.
  ///
  /// - Parameters:
  ///   - delivery: who broadcasts it; the caller does its part of that with what is returned.
  ///   - stepAside: called once where the room is held and the message begins to wait for it.
  /// - Throws: ``StorageError``; after `timedOut` and `connectionLost` the message may be stored, and submitting it again
  ///   tells.
  public func store(
    _ message: NewMessage, if guard: Guard, delivery: Delivery = .guaranteed, by deadline: Deadline,
    orStepAside stepAside: @Sendable () -> Void = {}
  ) async throws(StorageError) -> Outcome {
    let lane = lanes[Self.place(of: message.match, among: lanes.count)]
    let job = MessageWorker.Job(message: message, guard: `guard`, delivery: delivery)
    for tries in 0... {
      let outcome = try await lane.submit(job, by: deadline)
      if case .stored = outcome.fate, delivery == .outbox { bell.ring() }
      guard case .busy = outcome.fate else { return outcome }
      if tries == 0 { stepAside() }
      try await BusyRoom.pause(after: tries, before: deadline, leaving: leastMilliseconds)
    }
    throw StorageError(.unexpected)
  }

  /// Why a message to `match` would be refused at once; nil where it would be taken. For asking before anything is spent on
  /// it.
  public func refusal(in match: MatchID, by deadline: Deadline) -> StorageError? {
    lanes[Self.place(of: match, among: lanes.count)].refusal(by: deadline)
  }

  /// Ends the lanes once what is queued is done.
  public func close() {
    for lane in lanes { lane.close() }
    bell.close()
  }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.map(\.status) + bell.status }

  /// FNV-1a, since Swift's own hash differs from process to process, which would make runs differ for no reason.
  private static func place(of match: MatchID, among count: Int) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in match.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(hash % UInt64(count))
  }
}
