/// A set-based statement: many requests in as arrays, rows for each out.
protocol PostgresStatement: Sendable {
  associatedtype Job: Sendable
  associatedtype Outcome: Sendable

  /// The name it is prepared under.
  static var name: String { get }
  /// Its text. The first column is a request's place in the batch, from 1 (``BatchRows``, `WITH ORDINALITY`); the rows of a
  /// place stand together.
  static var sql: String { get }
  /// Whether its rows come in the types' binary format. For many rows of numbers and moments: spelling them costs the
  /// server more than reading them.
  static var hasBinaryRows: Bool { get }

  /// The batch as the statement's arrays.
  static func parameters(of batch: [Job]) -> PostgresParameters
  /// The outcome that `rows`, at least one, say; nil where they are not what the statement can return.
  static func outcome(of job: Job, _ result: PostgresResult, rows: Range<Int>) -> Outcome?
}

/// A set-based statement with one row for each request.
protocol BatchStatement: PostgresStatement {
  // Named again, for it to be inferred from the function below.
  associatedtype Outcome

  /// One row's outcome; nil where the row is not what the statement can return.
  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> Outcome?
}

extension BatchStatement {
  static var hasBinaryRows: Bool { false }

  static func outcome(of job: Job, _ result: PostgresResult, rows: Range<Int>) -> Outcome? {
    rows.count == 1 ? outcome(of: job, result, row: rows.lowerBound) : nil
  }
}
