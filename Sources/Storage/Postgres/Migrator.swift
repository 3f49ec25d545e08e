/// Brings a database's schema up to this version.
///
/// Everything happens in one transaction under one advisory lock: several instances may run it at once, and a failure
/// leaves the schema as it was.
public struct Migrator {
  /// Says each step as it is taken.
  public typealias Progress = (String) -> Void

  private static let lock = 0x70726F_787968  // "proxyh": a key for pg_advisory_xact_lock that nothing else uses
  private let url: String
  private let triggerSettings: TriggerSettings

  /// - Parameters:
  ///   - url: a libpq connection string or URI of a role that may create schemas.
  ///   - triggerSettings: what the triggers are to know of Centrifugo's configuration.
  public init(url: String, triggerSettings: TriggerSettings = TriggerSettings()) {
    self.url = url
    self.triggerSettings = triggerSettings
  }

  /// Applies what is missing and returns the number of migrations applied. A database of another encoding than UTF-8,
  /// which could not hold every message, is refused.
  public func run(progress: Progress = { _ in }) throws(StorageError) -> Int {
    // A migration may wait for another instance's, so its time is minutes; connecting is seconds.
    let connection = try PostgresConnection(
      url: url, applicationName: "proxyhooks migrate", by: .after(milliseconds: 10_000))
    let deadline = Deadline.after(milliseconds: 600_000)
    _ = try connection.run(
      script: """
        begin isolation level read committed;
        set local client_min_messages = warning;
        select pg_advisory_xact_lock(\(Self.lock));
        create schema if not exists proxyhooks;
        create table if not exists proxyhooks.schema_migration (
          version bigint primary key, name text not null, applied_at timestamptz not null default now())
        """, by: deadline)
    guard try connection.run(script: "show server_encoding", by: deadline).text(0, 0) == "UTF8" else {
      throw StorageError(.refused, serverCode: "database_not_utf8")
    }
    let current = try connection.run(
      script: "select coalesce(max(version), 0) from proxyhooks.schema_migration", by: deadline
    ).integer(0, 0)
    guard let current else { throw StorageError(.unexpected) }
    let missing = Migrations.all.filter { $0.version > current }
    for migration in missing {
      progress("migration \(migration.version): \(migration.name)")
      _ = try connection.run(script: migration.sql, by: deadline)
      _ = try connection.run(
        script: """
          insert into proxyhooks.schema_migration (version, name) values (\(migration.version), '\(migration.name)')
          """, by: deadline)
    }
    if try triggerSettings.write(connection, by: deadline) { progress("channel namespaces and outbox partitions") }
    _ = try connection.run(script: "commit", by: deadline)
    return missing.count
  }
}
