/// Holds a connection to the schema this version was built for.
enum SchemaVersion {
  /// The number of the last migration that this version knows.
  static var expected: Int64 { Migrations.all.last?.version ?? 0 }

  /// Refuses a database whose schema is missing or older, which `proxyhooks migrate` mends; a newer one serves, as migrations only add.
  static func check(_ connection: PostgresConnection, by deadline: Deadline) throws(StorageError) {
    let exists = try connection.run(
      script: "select to_regclass('proxyhooks.schema_migration') is not null", by: deadline)
    guard exists.bool(0, 0) == true else { throw StorageError(.refused, serverCode: "schema_missing") }
    let result = try connection.run(
      script: "select coalesce(max(version), 0) from proxyhooks.schema_migration", by: deadline)
    guard let found = result.integer(0, 0), found >= expected else {
      throw StorageError(.refused, serverCode: "schema_outdated")
    }
  }
}
