import Glibc

/// The connection of a command that works through much: one short transaction after the other, each with a bounded wait
/// for locks, and one such command at a time.
final class Keeper {
  /// How often a statement is tried that could not have its locks, a second apart.
  static let tries = 60
  private static let lockTimeout = "set lock_timeout = '1s'"
  private let connection: PostgresConnection

  /// Connects as the role that `proxyhooks migrate` uses. Refused with `already_running` while another command works.
  init(url: String) throws(StorageError) {
    connection = try PostgresConnection(
      url: url, applicationName: "proxyhooks keeping", by: .after(milliseconds: 10_000))
    try SchemaVersion.check(connection, by: Self.deadline)
    // A statement that waits for a lock has others waiting behind it: it gives up first and comes again.
    _ = try connection.run(
      script: """
        \(Self.lockTimeout);
        set timezone = 'UTC';
        set extra_float_digits = 1;
        set search_path = pg_catalog;
        set default_transaction_isolation = 'read committed'
        """, by: Self.deadline)
    do throws(StorageError) {
      // The server may need a moment to notice that the command before this one has ended.
      _ = try connection.run(script: "select pg_advisory_lock(hashtext('proxyhooks.keeping'))", by: Self.deadline)
    } catch {
      throw error.serverCode == "55P03" ? StorageError(.refused, serverCode: "already_running") : error
    }
  }

  /// Long enough for a pass over a large table.
  private static var deadline: Deadline { .after(milliseconds: 3_600_000) }

  /// Runs one statement with another bound for its wait for locks; 0 is none.
  func run(_ sql: String, lockMilliseconds: Int) throws(StorageError) {
    try run("set lock_timeout = \(lockMilliseconds)")
    try run(sql)
    try run(Self.lockTimeout)
  }

  /// Runs one statement, and again while another transaction has what it needs.
  @discardableResult
  func run(_ sql: String) throws(StorageError) -> PostgresResult {
    for _ in 1..<Self.tries {
      do throws(StorageError) {
        return try connection.run(script: sql, by: Self.deadline)
      } catch {
        guard Self.passesByItself(error) else { throw error }
        usleep(1_000_000)
      }
    }
    return try connection.run(script: sql, by: Self.deadline)
  }

  /// A statement's one number.
  func number(_ sql: String) throws(StorageError) -> Int64 {
    guard let number = try run(sql).integer(0, 0) else { throw StorageError(.unexpected) }
    return number
  }

  /// A statement's first column.
  func texts(_ sql: String) throws(StorageError) -> [String] {
    let result = try run(sql)
    return (0..<result.rowCount).compactMap { result.text($0, 0) }
  }

  /// Repeats a statement that returns how much it has done until it does nothing more; returns the sum.
  func exhaust(_ sql: String, progress: (Int64) -> Void = { _ in }) throws(StorageError) -> Int64 {
    var sum: Int64 = 0
    while case let count = try number(sql), count > 0 {
      sum += count
      progress(sum)
    }
    return sum
  }

  /// A lock not to be had in time, a deadlock, a serialization failure.
  static func passesByItself(_ error: StorageError) -> Bool {
    error.kind == .refused && ["55P03", "40P01", "40001"].contains(error.serverCode)
  }
}
