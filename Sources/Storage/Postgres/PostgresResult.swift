import CLibPQ

/// One statement's rows. Owns the PGresult, which libpq neither changes nor shares after it has been handed over.
final class PostgresResult {
  private let result: OpaquePointer
  /// Whether every column is in its type's binary format.
  private let isBinary: Bool
  let rowCount: Int

  /// Takes `owned` over and clears it in the end.
  init(owned: OpaquePointer) {
    result = owned
    isBinary = PQbinaryTuples(owned) == 1
    rowCount = Int(PQntuples(owned))
  }

  deinit { PQclear(result) }

  /// What the server made of the statement.
  var status: ExecStatusType { PQresultStatus(result) }

  /// Whether the server did what it was told.
  var isSuccess: Bool {
    status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY
  }

  /// What was done, as the server names it ("CommandComplete" in PostgreSQL's documentation of its protocol).
  var commandTag: String { String(cString: PQcmdStatus(result)) }

  /// The error's SQLSTATE; nil where the failure did not come from the server.
  var sqlState: String? {
    PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
  }

  /// A column's text, which is the same in both formats; nil for NULL. A row or column out of range is NULL to libpq.
  func text(_ row: Int, _ column: Int) -> String? {
    bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A column's text as bytes, valid while the result lives.
  func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(result, Int32(row), Int32(column)) == 0,
      let value = PQgetvalue(result, Int32(row), Int32(column))
    else { return nil }
    return UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, Int32(row), Int32(column))))
  }

  /// A `bigint`'s or `integer`'s value; nil for NULL. In binary also a `timestamptz`'s: microseconds since the start of 2000 in
  /// UTC, the extremes for infinity ("Date/Time Types" in PostgreSQL's documentation).
  func integer(_ row: Int, _ column: Int) -> Int64? {
    guard isBinary else { return text(row, column).flatMap { Int64($0) } }
    guard let bytes = bytes(row, column) else { return nil }
    switch bytes.count {
    case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
    default: return nil
    }
  }

  /// A `tid`'s value, in binary alone; nil for NULL.
  func place(_ row: Int, _ column: Int) -> RowPlace? {
    guard isBinary, let bytes = bytes(row, column), bytes.count == 6 else { return nil }
    return RowPlace(
      block: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)),
      item: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
  }

  /// A `boolean`'s value; nil for NULL.
  func bool(_ row: Int, _ column: Int) -> Bool? {
    bytes(row, column).flatMap { $0.first }.map { isBinary ? $0 != 0 : $0 == UInt8(ascii: "t") }
  }
}
