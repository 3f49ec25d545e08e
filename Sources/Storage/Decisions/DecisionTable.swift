/// The decision log's table, written over a connection of its own by the one thread that has it.
///
/// Blocks: for a thread that nobody waits for.
public final class DecisionTable {
  private static let name = "log_decisions"
  private static let statementMilliseconds = 10_000
  private static let connectMilliseconds = 5_000

  private let url: String
  private var connection: PostgresConnection?

  /// - Parameter url: a libpq connection string or URI. Nothing is connected to yet.
  public init(url: String) { self.url = url }

  /// The last line of the chain that was begun last; nil where there is none.
  public func lastLine() throws(StorageError) -> String? {
    try withConnection { connection throws(StorageError) in
      try connection.run(
        script: """
          select d.line::text from proxyhooks.decision d
           where d.log = (select o.log from proxyhooks.decision o where o.event = 'opened' order by o.at desc limit 1)
           order by d.seq desc limit 1
          """, by: Self.deadline
      ).text(0, 0)
    }
  }

  /// Writes `lines` in one transaction. Called again with the same lines it changes nothing.
  ///
  /// - Throws: ``StorageError``; `refused (line_differs)` where another line of a number is there already.
  public func insert(_ lines: [String]) throws(StorageError) {
    try withConnection { connection throws(StorageError) in
      var parameters = PostgresParameters()
      parameters.append(texts: lines)
      let result = try connection.execute(Self.name, parameters, by: Self.deadline)
      guard result.integer(0, 0) == Int64(lines.count) else {
        throw StorageError(.refused, serverCode: "line_differs")
      }
    }
  }

  /// Ends the connection.
  public func close() { connection = nil }

  private static var deadline: Deadline { .after(milliseconds: statementMilliseconds + 2_000) }

  /// Runs `body` on a connection that is made where there is none, and not used again after a failure of it.
  private func withConnection<Value>(_ body: (PostgresConnection) throws(StorageError) -> Value) throws(StorageError)
    -> Value
  {
    let connection: PostgresConnection
    if let open = self.connection { connection = open } else { connection = try connect() }
    do throws(StorageError) {
      let value = try body(connection)
      self.connection = connection
      return value
    } catch {
      self.connection = nil
      throw error
    }
  }

  private func connect() throws(StorageError) -> PostgresConnection {
    let deadline = Deadline.after(milliseconds: Self.connectMilliseconds)
    let connection = try PostgresConnection(url: url, applicationName: "proxyhooks decision log", by: deadline)
    _ = try connection.run(
      script: """
        set statement_timeout = \(Self.statementMilliseconds);
        set lock_timeout = \(Self.statementMilliseconds);
        set idle_in_transaction_session_timeout = \(Self.statementMilliseconds);
        set timezone = 'UTC';
        set search_path = pg_catalog;
        set default_transaction_isolation = 'read committed';
        select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'
        """, by: deadline)
    try SchemaVersion.check(connection, by: deadline)
    try connection.prepare(Self.name, "select proxyhooks.log_decisions($1::text[])", by: deadline)
    return connection
  }
}
