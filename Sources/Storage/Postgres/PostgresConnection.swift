import CLibPQ
import Glibc

/// One connection to PostgreSQL: libpq's non-blocking calls, with every wait bounded by a deadline.
///
/// Owns the PGconn, which libpq allows one thread at a time ("Behavior in Threaded Programs"): a connection stays with
/// the thread that made it. The class is not `Sendable`, so the compiler holds that.
final class PostgresConnection {
  private let connection: OpaquePointer

  /// Connects by `deadline`.
  ///
  /// - Parameter url: a libpq connection string or URI ("Connection Strings" in libpq's documentation).
  init(url: String, applicationName: String, by deadline: Deadline) throws(StorageError) {
    guard let connection = Self.start(url: url, applicationName: applicationName) else {
      throw StorageError(.unavailable)
    }
    self.connection = connection
    PQsetNoticeProcessor(connection, { _, _ in }, nil)  // the default writes the server's text to stderr
    try finishConnecting(by: deadline)
    guard PQsetnonblocking(connection, 1) == 0 else { throw StorageError(.unavailable) }
  }

  deinit { PQfinish(connection) }

  /// The socket. It is the same for the life of a connection that is never reset.
  var descriptor: Int32 { PQsocket(connection) }

  /// Whether no transaction is open, as far as the server has said.
  var isBetweenTransactions: Bool { PQtransactionStatus(connection) == PQTRANS_IDLE }

  /// Reads what came unasked for; false where the server has closed the connection.
  func isAliveWhenIdle() -> Bool {
    PQconsumeInput(connection) == 1 && PQstatus(connection) == CONNECTION_OK
  }

  /// Runs statements without parameters, several with `;` between them; returns the last one's rows.
  func run(script: String, by deadline: Deadline) throws(StorageError) -> PostgresResult {
    guard PQsendQuery(connection, script) == 1 else { throw StorageError(.connectionLost) }
    return try receive(by: deadline)
  }

  /// Prepares a statement under `name`; its parameters' types come from its own casts.
  func prepare(_ name: String, _ sql: String, by deadline: Deadline) throws(StorageError) {
    guard PQsendPrepare(connection, name, sql, 0, nil) == 1 else { throw StorageError(.connectionLost) }
    _ = try receive(by: deadline)
  }

  /// Runs a prepared statement; its rows come in text format, or all in binary. Calls `onceSent` before it waits.
  func execute(
    _ name: String, _ parameters: PostgresParameters, binaryRows: Bool = false, by deadline: Deadline,
    onceSent: () -> Void = {}
  ) throws(StorageError) -> PostgresResult {
    try send(name, parameters, binaryRows: binaryRows)
    onceSent()
    return try receive(by: deadline)
  }

  /// Runs prepared statements one after the other in one round trip, all rows in binary; what stands behind one that fails is
  /// not run ("Pipeline Mode" in libpq's documentation). A transaction that one of them begins goes on after it. Calls
  /// `onceSent` before it waits.
  ///
  /// - Returns: a result for each statement.
  func execute(
    inOneGo statements: [(name: String, parameters: PostgresParameters)], by deadline: Deadline,
    onceSent: () -> Void = {}
  ) throws(StorageError) -> [PostgresResult] {
    guard PQenterPipelineMode(connection) == 1 else { throw StorageError(.connectionLost) }
    for statement in statements { try send(statement.name, statement.parameters, binaryRows: true) }
    guard PQpipelineSync(connection) == 1 else { throw StorageError(.connectionLost) }
    onceSent()
    let results = try receivePipeline(by: deadline)
    guard PQexitPipelineMode(connection) == 1 else { throw StorageError(.connectionLost) }
    var failure: StorageError?
    for result in results where failure == nil && !result.isSuccess {
      failure = StorageError(.refused, serverCode: result.sqlState)
    }
    if let failure { throw failure }
    guard results.count == statements.count else { throw StorageError(.unexpected) }
    return results
  }

  // MARK: - Protocol and waiting

  private func send(_ name: String, _ parameters: PostgresParameters, binaryRows: Bool) throws(StorageError) {
    let count = parameters.ranges.count
    let lengths = parameters.ranges.map { Int32(clamping: $0?.count ?? 0) }
    let formats = [Int32](repeating: 1, count: count)
    let isSent = parameters.bytes.withUnsafeBytes { buffer in
      // libpq copies the values into its own buffer before it returns, so the pointers need not outlive the call.
      let values = parameters.ranges.map { range in
        range.flatMap { range in
          buffer.baseAddress.map { ($0 + range.lowerBound).assumingMemoryBound(to: CChar.self) }
        }
      }
      return PQsendQueryPrepared(connection, name, Int32(count), values, lengths, formats, binaryRows ? 1 : 0) == 1
    }
    guard isSent else { throw StorageError(.connectionLost) }
  }

  private static func start(url: String, applicationName: String) -> OpaquePointer? {
    // A later keyword overrides an earlier one; `dbname` first, so that what must hold for a lane holds whatever the
    // string says.
    let keywords = [
      ("dbname", url), ("fallback_application_name", applicationName), ("client_encoding", "UTF8"),
      ("target_session_attrs", "read-write"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "5000"),
    ]
    let names: [UnsafeMutablePointer<CChar>?] = keywords.map { strdup($0.0) } + [nil]
    let values: [UnsafeMutablePointer<CChar>?] = keywords.map { strdup($0.1) } + [nil]
    defer { for copy in names + values { free(copy) } }
    // The arrays hold the only pointers to the copies, which live until libpq, which keeps none, has returned.
    return PQconnectStartParams(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
  }

  private func finishConnecting(by deadline: Deadline) throws(StorageError) {
    guard PQstatus(connection) != CONNECTION_BAD else { throw StorageError(.unavailable) }
    var direction = Readiness.Direction.writable
    while true {
      guard Readiness.wait(for: PQsocket(connection), direction, by: deadline) else { throw StorageError(.timedOut) }
      switch PQconnectPoll(connection) {
      case PGRES_POLLING_OK: return
      case PGRES_POLLING_READING: direction = .readable
      case PGRES_POLLING_WRITING: direction = .writable
      default: throw StorageError(.unavailable)
      }
    }
  }

  /// Sends what is buffered and waits for the statement's end; the last result that has rows or the first error.
  private func receive(by deadline: Deadline) throws(StorageError) -> PostgresResult {
    try flush(by: deadline)
    var last: PostgresResult?
    var failure: StorageError?
    while let result = try nextResult(by: deadline) {
      if result.isSuccess {
        last = result
      } else {
        failure = failure ?? StorageError(.refused, serverCode: result.sqlState)
      }
    }
    guard PQstatus(connection) == CONNECTION_OK else {
      throw StorageError(.connectionLost, serverCode: failure?.serverCode)
    }
    if let failure { throw failure }
    guard let last else { throw StorageError(.unexpected) }
    return last
  }

  /// Sends what is buffered and reads to the end of the pipeline.
  private func receivePipeline(by deadline: Deadline) throws(StorageError) -> [PostgresResult] {
    try flush(by: deadline)
    var results: [PostgresResult] = []
    // Nothing comes after each statement's results. Twice in a row it would be the end of a connection that has failed.
    var isBetween = false
    while true {
      let result: PostgresResult?
      do throws(StorageError) {
        result = try nextResult(by: deadline)
      } catch {
        throw StorageError(error.kind, serverCode: results.first { !$0.isSuccess }?.sqlState)
      }
      guard let result else {
        guard !isBetween, PQstatus(connection) == CONNECTION_OK else {
          throw StorageError(.connectionLost, serverCode: results.first { !$0.isSuccess }?.sqlState)
        }
        isBetween = true
        continue
      }
      isBetween = false
      if result.status == PGRES_PIPELINE_SYNC { return results }
      results.append(result)
    }
  }

  private func nextResult(by deadline: Deadline) throws(StorageError) -> PostgresResult? {
    while PQisBusy(connection) == 1 {
      guard Readiness.wait(for: PQsocket(connection), .readable, by: deadline) else { throw StorageError(.timedOut) }
      guard PQconsumeInput(connection) == 1 else { throw StorageError(.connectionLost) }
    }
    return PQgetResult(connection).map { PostgresResult(owned: $0) }
  }

  private func flush(by deadline: Deadline) throws(StorageError) {
    while true {
      switch PQflush(connection) {
      case 0: return
      case 1:
        guard Readiness.wait(for: PQsocket(connection), .any, by: deadline) else { throw StorageError(.timedOut) }
        // The server may be blocked on sending to us; reading lets both sides move on ("Asynchronous Command
        // Processing" in libpq's documentation).
        guard PQconsumeInput(connection) == 1 else { throw StorageError(.connectionLost) }
      default: throw StorageError(.connectionLost)
      }
    }
  }
}
