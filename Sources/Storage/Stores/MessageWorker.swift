import Auth

/// Stores a batch of messages in one transaction of two round trips: what the batch depends on is locked and read, each
/// message's fate is decided here, and what is to be stored is written and committed. Where ids came again there is one more between
/// the two (``KnownMessages``); a message that is alone is tried in one before (``LoneMessage``).
///
/// Rooms are locked first, and the facts are read after that in a new snapshot: no other batch can number, store or repeat in
/// between, from whichever instance it comes, and no removal is overlooked that was committed before the lock; one that is
/// committed later comes after the message. A room that another transaction holds is passed over, so that the messages of
/// other rooms do not wait for it. Should this process stop in between, the server ends the session, and with it the locks
/// (`idle_in_transaction_session_timeout`).
struct MessageWorker: DatabaseWorker {
  typealias Outcome = MessageStore.Outcome

  struct Job: Sendable {
    let message: NewMessage
    let `guard`: Guard
    let delivery: Delivery
    let key = MessageID.random()
  }

  private let connection: PostgresConnection

  init(_ connection: PostgresConnection, by deadline: Deadline) throws(StorageError) {
    self.connection = connection
    for statement in MessageStatement.allCases {
      try connection.prepare(statement.rawValue, statement.sql, by: deadline)
    }
    try connection.prepare(LoneMessage.name, LoneMessage.sql, by: deadline)
  }

  var descriptor: Int32 { connection.descriptor }

  func isAliveWhenIdle() -> Bool { connection.isAliveWhenIdle() }

  func run(_ batch: [Job], by deadline: Deadline, onceSent: () -> Void) -> BatchResult<Outcome> {
    // Each way out of here ends the transaction or the connection; should one ever not, no batch is to join what is left.
    guard connection.isBetweenTransactions else { return .broken(StorageError(.unexpected)) }
    do throws(StorageError) {
      if batch.count == 1 {
        if let outcome = try store(batch[0], by: deadline, onceSent: onceSent) { return .done([outcome]) }
        guard !deadline.hasPassed else { return .refused(StorageError(.expired)) }
      }
      let read = try connection.execute(
        inOneGo: [
          (MessageStatement.begin.rawValue, PostgresParameters()),
          (MessageStatement.lock.rawValue, MessageStatement.rooms(of: batch)),
          (MessageStatement.read.rawValue, MessageStatement.questions(of: batch)),
        ], by: deadline, onceSent: onceSent)
      let locked = Set((0..<read[1].rowCount).compactMap { read[1].place($0, 0) })
      let known = try KnownMessages(of: batch, lockedRooms: locked, read[2], over: connection, by: deadline)
      guard let decided = DecidedMessages(batch, lockedRooms: locked, facts: read[2], known: known) else {
        return .broken(StorageError(.unexpected))
      }
      // Begun now, it might be stored and nobody be told.
      guard !deadline.hasPassed else { return .broken(StorageError(.expired)) }
      return try write(decided, by: deadline)
    } catch {
      return failure(error, by: deadline)
    }
  }

  /// Stores a message that is alone; nil, and nothing is stored, where that takes the transaction.
  func store(_ job: Job, by deadline: Deadline, onceSent: () -> Void) throws(StorageError) -> Outcome? {
    let results = try connection.execute(
      inOneGo: [
        (MessageStatement.lock.rawValue, MessageStatement.rooms(of: [job])),
        (LoneMessage.name, LoneMessage.parameters(of: job)),
      ], by: deadline, onceSent: onceSent)
    return try LoneMessage.outcome(of: job, results[1])
  }

  private func write(_ decided: DecidedMessages, by deadline: Deadline) throws(StorageError) -> BatchResult<Outcome> {
    let commit = (name: MessageStatement.commit.rawValue, parameters: PostgresParameters())
    let write = decided.rows.map { (name: MessageStatement.write.rawValue, parameters: $0) }
    let results = try connection.execute(inOneGo: [write, commit].compactMap(\.self), by: deadline)
    // A transaction that has failed is rolled back by COMMIT, which is no error.
    guard results.last?.commandTag == "COMMIT" else { return .broken(StorageError(.unexpected)) }
    return .done(decided.outcomes)
  }

  /// Ends the transaction in which a statement was refused, if it was in one; without that the connection is of no use.
  private func failure(_ error: StorageError, by deadline: Deadline) -> BatchResult<Outcome> {
    guard error.kind == .refused, !PostgresSession.isEnded(by: error.serverCode),
      connection.isBetweenTransactions || (try? connection.run(script: "rollback", by: deadline)) != nil
    else { return .broken(error) }
    return .refused(error)
  }
}
