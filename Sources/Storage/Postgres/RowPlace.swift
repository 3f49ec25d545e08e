/// Where a row of a table is: a `tid` ("Object Identifier Types" and "System Columns" in PostgreSQL's documentation). Names the
/// row only as long as a lock keeps others from changing it.
struct RowPlace: Hashable {
  /// The number of the page.
  let block: UInt32
  /// The row's place on it.
  let item: UInt16
}
