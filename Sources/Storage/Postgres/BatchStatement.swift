/// A set-based statement: many requests in as arrays, a row for each out.
protocol BatchStatement: Sendable {
  associatedtype Job: Sendable
  associatedtype Outcome: Sendable

  /// The name it is prepared under.
  static var name: String { get }
  /// Its text. The first column is a request's place in the batch, from 1 (`WITH ORDINALITY`).
  static var sql: String { get }

  /// The batch as the statement's arrays.
  static func parameters(of batch: [Job]) -> PostgresParameters
  /// One row's outcome; nil where the row is not what the statement can return.
  static func outcome(of job: Job, _ result: PostgresResult, row: Int) -> Outcome?
}
