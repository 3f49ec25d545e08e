import Auth

/// What every session is set to, whatever its role or database is set to.
enum PostgresSession {
  /// Connects, sets the session up, and refuses a database of another schema or of other channels.
  ///
  /// - Parameter statementMilliseconds: after how long the server gives a statement up by itself, and a transaction in
  ///   which nothing is asked. Shorter than the hooks' deadline, so that a statement that waits costs a refusal and not the
  ///   connection; several slow ones after each other may cost it all the same.
  static func open(
    url: String, channelNames: Channel.Namespaces, statementMilliseconds: Int, by deadline: Deadline
  ) throws(StorageError) -> PostgresConnection {
    let connection = try PostgresConnection(url: url, applicationName: "proxyhooks", by: deadline)
    _ = try connection.run(script: script(statementMilliseconds: statementMilliseconds), by: deadline)
    try SchemaVersion.check(connection, by: deadline)
    try TriggerSettings.check(connection, is: channelNames, by: deadline)
    return connection
  }

  /// Refusals after which a session can't do its work: a server become read-only (25006), shutting down (class 57P),
  /// one that has lost the prepared statement behind a pooler (26000) or can't run it as it was planned (0A000).
  static func isEnded(by sqlState: String?) -> Bool {
    guard let sqlState else { return true }
    return sqlState == "25006" || sqlState == "26000" || sqlState == "0A000" || sqlState.hasPrefix("57P")
  }

  /// Every lane looks things up by key, a batch at a time. The planner, which can't know how long an array will be, is
  /// kept from plans for long ones, and one plan made once serves every batch. What a role or database may have
  /// been set to, and would change what is stored or how it is spelled, is set back: an acknowledged message is durable,
  /// each statement sees what is committed, and a number has all of its digits.
  private static func script(statementMilliseconds: Int) -> String {
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
