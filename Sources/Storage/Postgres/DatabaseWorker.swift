/// A worker over one connection to PostgreSQL, whose session is set up.
protocol DatabaseWorker: LaneWorker {
  /// Prepares its statements on `connection`, which it owns from then on.
  init(_ connection: PostgresConnection, by deadline: Deadline) throws(StorageError)
}
