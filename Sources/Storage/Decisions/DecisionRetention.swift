/// Ends old lines of the decision log's table so that what is left of each chain can be verified from its first line on.
struct DecisionRetention {
  private static let batch = 5_000

  let keeper: Keeper
  let days: Int

  /// Deletes what is older, up to a line that names the hash before it, or whole chains; returns how many lines.
  func end(isDryRun: Bool) throws(StorageError) -> Int64 {
    let ends = try keeper.run(
      """
      select e.log, e.bound from (
        select d.log,
               case when max(d.at) < now() - interval '\(days) days' then max(d.seq) + 1
                    else max(d.seq) filter (where d.at < now() - interval '\(days) days'
                                              and d.event in ('opened', 'resumed', 'continued', 'checkpoint', 'closed')) end
                 as bound
          from proxyhooks.decision d where d.log ~ '^[0-9a-f]{16}$' group by d.log) e
       where e.bound is not null
      """)
    var count: Int64 = 0
    for row in 0..<ends.rowCount {
      guard let log = ends.text(row, 0), let bound = ends.integer(row, 1) else { continue }
      let old = "proxyhooks.decision d where d.log = '\(log)' and d.seq < \(bound)"
      if isDryRun {
        count += try keeper.number("select count(*) from \(old)")
      } else {
        // From the beginning, so that what a stop leaves has no gap.
        count += try keeper.exhaust(
          """
          with gone as (delete from \(old) and d.seq < \(Self.batch) + (
                          select min(f.seq) from proxyhooks.decision f where f.log = '\(log)') returning 1)
          select count(*) from gone
          """)
      }
    }
    return count
  }
}
