/// The jobs of a batch as rows of a statement, from parameters that are arrays with an element for each job.
///
/// The arrays are unnested in a select list. In FROM, PostgreSQL first writes each array's elements into a store of their own
/// and reads them back: some 700 instructions for each element, of 230 000 that a stored message takes. FROM with
/// `WITH ORDINALITY` is for statements whose rows are ordered by their place: the planner knows that they are, and sorts nothing.
enum BatchRows {
  /// A subquery for FROM with the columns given and `place`, which counts from 1.
  ///
  /// - Parameters:
  ///   - columns: each one's name and type, in the order of the parameters. All arrays have the same length: a shorter one
  ///     would be filled up with NULL.
  ///   - first: the number of the first column's parameter.
  ///   - withPlaces: whether `place` is among the columns.
  static func sql(_ columns: KeyValuePairs<String, String>, from first: Int = 1, withPlaces: Bool = true) -> String {
    var list: [String] = []
    for (place, column) in columns.enumerated() {
      let array = "$\(first + place)::\(column.value)[]"
      if withPlaces && place == 0 { list.append("generate_subscripts(\(array), 1) as place") }
      list.append("unnest(\(array)) as \(column.key)")
    }
    return "(select \(list.joined(separator: ", ")))"
  }
}
