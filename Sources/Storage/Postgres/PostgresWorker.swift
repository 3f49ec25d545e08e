import Auth

/// Runs one batch statement over one connection.
struct PostgresWorker<Statement: PostgresStatement>: LaneWorker {
  private let connection: PostgresConnection

  /// Connects, sets the session up and prepares the statement.
  ///
  /// - Parameter statementMilliseconds: after how long the server gives a statement up by itself. Shorter than the
  ///   hooks' deadline, so that a lock held elsewhere costs a refusal and not the connection.
  init(url: String, channelNames: Channel.Namespaces, statementMilliseconds: Int, by deadline: Deadline)
    throws(StorageError)
  {
    connection = try PostgresConnection(url: url, applicationName: "proxyhooks", by: deadline)
    _ = try connection.run(script: Self.session(statementMilliseconds: statementMilliseconds), by: deadline)
    try SchemaVersion.check(connection, by: deadline)
    try TriggerSettings.check(connection, is: channelNames, by: deadline)
    try connection.prepare(Statement.name, Statement.sql, by: deadline)
  }

  var descriptor: Int32 { connection.descriptor }

  func isAliveWhenIdle() -> Bool { connection.isAliveWhenIdle() }

  func run(_ batch: [Statement.Job], by deadline: Deadline) -> BatchResult<Statement.Outcome> {
    do throws(StorageError) {
      let result = try connection.execute(
        Statement.name, Statement.parameters(of: batch), binaryRows: Statement.hasBinaryRows, by: deadline)
      return outcomes(of: batch, result).map { .done($0) } ?? .broken(StorageError(.unexpected))
    } catch {
      return error.kind == .refused && !Self.endsTheSession(error.serverCode) ? .refused(error) : .broken(error)
    }
  }

  /// Puts what the rows say where their ordinality says; nil where a place is missing, comes twice or is not understood.
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

  /// Refusals after which this session can't do its work: a server become read-only (25006), shutting down (class 57P),
  /// one that has lost the prepared statement behind a pooler (26000) or can't run it as it was planned (0A000).
  private static func endsTheSession(_ sqlState: String?) -> Bool {
    guard let sqlState else { return true }
    return sqlState == "25006" || sqlState == "26000" || sqlState == "0A000" || sqlState.hasPrefix("57P")
  }

  /// Every lane looks things up by key, a batch at a time. The planner, which can't know how long an array will be, is
  /// kept from plans for long ones, and one plan made once serves every batch. What a role or database may have
  /// been set to, and would change what is stored or how it is spelled, is set back: an acknowledged message is durable,
  /// each statement sees what is committed, and a number has all of its digits.
  private static func session(statementMilliseconds: Int) -> String {
    """
    set statement_timeout = \(statementMilliseconds);
    set lock_timeout = \(statementMilliseconds);
    set idle_in_transaction_session_timeout = \(statementMilliseconds);
    set plan_cache_mode = force_generic_plan;
    set enable_seqscan = off;
    set enable_hashjoin = off;
    set enable_mergejoin = off;
    set jit = off;
    set timezone = 'UTC';
    set extra_float_digits = 1;
    set search_path = pg_catalog;
    set default_transaction_isolation = 'read committed';
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'
    """
  }
}
