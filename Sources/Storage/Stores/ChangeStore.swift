public import Auth
public import Logging

/// What members do with messages that are there, and with whom they hear: edits, deletions, reports, blocks.
///
/// All of it is rare beside messages and shares its connections. What is answered is durable, and asked for again it is
/// answered alike.
public final class ChangeStore: Sendable {
  /// The most people that one person may block.
  public static let mostBlocked: Int64 = 1_000

  /// What is done with a message.
  public enum Change: Sendable {
    /// One's own gets another content of its kind, while it is younger than `seconds`; 0 never.
    case edit(to: NewMessage.Content, within: Int64)
    /// One's own becomes a tombstone, while it is younger than `seconds`; 0 never.
    case delete(within: Int64)
    /// Moderators are asked to look at it.
    case report(ReportReason, text: String?)
  }

  /// What became of a change, and the facts that were seen with it.
  public struct Outcome: Sendable {
    /// What the database says of the person.
    public let facts: MembershipFacts
    /// What became of it.
    public let fate: ChangeFate
  }

  private let lanes: LaneGroup<PostgresWorker<MakeChanges>>
  private let bell: OutboxBell
  private let leastMilliseconds: Int

  /// Opens `settings.decisionLanes` connections; rings the bell of `messages`.
  public init(settings: DatabaseSettings, ringing messages: MessageStore, log: Logger) throws(StorageError) {
    var settings = settings
    settings.limits.batch = min(settings.limits.batch, 32)  // rooms are locked until a batch is through
    leastMilliseconds = settings.limits.leastMilliseconds
    bell = messages.bell
    lanes = LaneGroup(try settings.lanes("changes", count: settings.decisionLanes, log: log))
  }

  /// Does `change` to a message of `match`, if `user` passes `guard`.
  public func apply(
    _ change: Change, to message: MessageID, of match: MatchID, by user: UserID, if guard: Guard, by deadline: Deadline
  ) async throws(StorageError) -> Outcome {
    let target = MakeChanges.Job.Target.message(message, of: match, change, if: `guard`)
    let outcome = try await outcome(of: MakeChanges.Job(user: user, target: target), by: deadline)
    if case .changed = outcome.fate { bell.ring() }
    return outcome
  }

  /// Blocks `other` for `user`, or no longer; for who is not banned from the whole service, if the guard is
  /// ``Guard/everybody``.
  public func setBlock(
    _ isBlocked: Bool, of other: UserID, for user: UserID, if guard: Guard = .everybody, by deadline: Deadline
  ) async throws(StorageError) -> Outcome {
    let target = MakeChanges.Job.Target.person(other, isBlocked: isBlocked, if: `guard`)
    return try await outcome(of: MakeChanges.Job(user: user, target: target), by: deadline)
  }

  private func outcome(of job: MakeChanges.Job, by deadline: Deadline) async throws(StorageError) -> Outcome {
    for tries in 0... {
      let outcome = try await lanes.submit(job, by: deadline)
      guard case .busy = outcome.fate else { return outcome }
      try await BusyRoom.pause(after: tries, before: deadline, leaving: leastMilliseconds)
    }
    throw StorageError(.unexpected)
  }

  /// Ends the lanes once what is queued is done.
  public func close() { lanes.close() }

  /// How the lanes are doing.
  public var status: [LaneStatus] { lanes.status }
}

/// Why a message is reported.
public enum ReportReason: String, CaseIterable, Sendable {
  case spam
  case abuse
  case danger
  case other
}

/// What became of a change.
public enum ChangeFate: Hashable, Sendable {
  /// The message was changed, and the room is told: the message as everybody gets it now, as JSON.
  case changed([UInt8])
  /// The message is so already: as JSON. Nothing was written.
  case unchanged([UInt8])
  /// A report or a block stands, from now or from before.
  case done
  /// The room has no such message, or, for edits and deletions, not of this person; nothing was written.
  case noMessage
  /// The message is a tombstone, which can't be edited; nothing was written.
  case deleted
  /// The message is of another kind than the content; nothing was written.
  case otherKind
  /// The message is too old; nothing was written.
  case tooLate
  /// As many are blocked as may be; nothing was written.
  case tooMany
  /// The facts did not pass the guard; nothing was written.
  case denied
  /// Another transaction held what is needed; nothing was written or decided. ``ChangeStore`` tries again and never
  /// returns it.
  case busy
}
