/// Runs one batch statement over one connection.
struct PostgresWorker<Statement: PostgresStatement>: DatabaseWorker {
  private let connection: PostgresConnection

  init(_ connection: PostgresConnection, by deadline: Deadline) throws(StorageError) {
    self.connection = connection
    try connection.prepare(Statement.name, Statement.sql, by: deadline)
  }

  var descriptor: Int32 { connection.descriptor }

  func isAliveWhenIdle() -> Bool { connection.isAliveWhenIdle() }

  func run(_ batch: [Statement.Job], by deadline: Deadline, onceSent: () -> Void) -> BatchResult<Statement.Outcome> {
    do throws(StorageError) {
      let result = try connection.execute(
        Statement.name, Statement.parameters(of: batch), binaryRows: Statement.hasBinaryRows, by: deadline,
        onceSent: onceSent)
      return outcomes(of: batch, result).map { .done($0) } ?? .broken(StorageError(.unexpected))
    } catch {
      return error.kind == .refused && !PostgresSession.isEnded(by: error.serverCode) ? .refused(error) : .broken(error)
    }
  }

  /// Puts what the rows say where their place says; nil where a place is missing, comes twice or is not understood.
  private func outcomes(of batch: [Statement.Job], _ result: PostgresResult) -> [Statement.Outcome]? {
    var outcomes = [Statement.Outcome?](repeating: nil, count: batch.count)
    var row = 0
    while row < result.rowCount {
      guard let place = result.integer(row, 0), (1...Int64(batch.count)).contains(place) else { return nil }
      let index = Int(place) - 1
      var end = row + 1
      while end < result.rowCount, result.integer(end, 0) == place { end += 1 }
      guard outcomes[index] == nil, let outcome = Statement.outcome(of: batch[index], result, rows: row..<end) else {
        return nil
      }
      outcomes[index] = outcome
      row = end
    }
    let complete = outcomes.compactMap(\.self)
    return complete.count == batch.count ? complete : nil
  }
}
