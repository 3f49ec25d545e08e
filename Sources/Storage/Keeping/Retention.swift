/// Ends what is kept no longer: months of messages, and rows that have had their use.
public struct Retention {
  /// Says what is under way.
  public typealias Progress = (String) -> Void

  private static let monthsAhead = 3
  private static let batch = 5_000
  private let url: String

  /// - Parameter url: a libpq connection string or URI of the role that owns the schema, as for ``Migrator``.
  public init(url: String) { self.url = url }

  /// Does what `plan` says, in short transactions: stopped in the middle, it goes on with the next call.
  ///
  /// - Throws: ``StorageError``; `refused (already_running)` while another one works.
  public func run(_ plan: RetentionPlan, progress: @escaping Progress = { _ in }) throws(StorageError)
    -> RetentionReport
  {
    let keeper = try Keeper(url: url)
    var report = RetentionReport()
    try makeMonths(keeper, plan, &report)
    if let days = plan.days {
      let months = Months(keeper: keeper, before: try keeper.moment(daysAgo: days), plan: plan, progress: progress)
      try months.end(&report)
    }
    for rows in Self.rows(plan) {
      progress(rows.name)
      let count =
        plan.isDryRun
        ? try keeper.number("select count(*) from proxyhooks.\(rows.table) t where \(rows.condition)")
        : try keeper.exhaust(rows.delete(Self.batch))
      report.add(rows.name, count, plan.isDryRun ? "would be deleted" : "deleted")
    }
    if let days = plan.decisionDays {
      progress("decisions")
      let count = try DecisionRetention(keeper: keeper, days: days).end(isDryRun: plan.isDryRun)
      report.add("decisions", count, plan.isDryRun ? "would be deleted" : "deleted")
    }
    try vacuum(keeper, plan, &report)
    return report
  }

  private func makeMonths(_ keeper: Keeper, _ plan: RetentionPlan, _ report: inout RetentionReport) throws(StorageError)
  {
    let missing = try keeper.texts(
      """
      select p::date from generate_series(date_trunc('month', now()), date_trunc('month', now())
                                          + interval '\(Self.monthsAhead) months', interval '1 month') p
       where not exists (select from proxyhooks.message_partition q where q.period = p::date) order by p
      """)
    if !plan.isDryRun {
      for period in missing { try keeper.run("select proxyhooks.make_period('\(period)')") }
    }
    report.add("months ahead", Int64(missing.count), plan.isDryRun ? "would be made" : "made")
  }

  /// Rows of one table that have had their use.
  private struct Rows {
    let name: String
    let table: String
    let condition: String

    func delete(_ limit: Int) -> String {
      """
      with gone as (delete from proxyhooks.\(table) where ctid = any(array(
                      select t.ctid from proxyhooks.\(table) t where \(condition) limit \(limit))) returning 1)
      select count(*) from gone
      """
    }
  }

  private static func rows(_ plan: RetentionPlan) -> [Rows] {
    // A connection outlives its token, and learns at its next refresh, a day later at most, that it was revoked.
    var rows = [
      Rows(
        name: "revoked tokens", table: "revoked_token",
        condition: "greatest(t.expires_at, t.revoked_at) < now() - interval '2 days' and t.expires_at is not null"),
      Rows(name: "bans that are over", table: "user_ban", condition: "t.until < now()"),
    ]
    if let days = plan.days {
      rows.append(
        Rows(name: "last seen", table: "last_seen", condition: "t.seen_at < now() - interval '\(days) days'"))
    }
    if let days = plan.reportDays {
      rows.append(Rows(name: "reports", table: "report", condition: "t.reported_at < now() - interval '\(days) days'"))
    }
    return rows
  }

  private func vacuum(_ keeper: Keeper, _ plan: RetentionPlan, _ report: inout RetentionReport) throws(StorageError) {
    if !plan.isDryRun { try keeper.run("vacuum proxyhooks.outbox") }
    let size = try keeper.run(
      """
      select (select count(*) from proxyhooks.outbox), pg_size_pretty(pg_table_size('proxyhooks.outbox')),
             pg_size_pretty(pg_indexes_size('proxyhooks.outbox'))
      """)
    report.add(
      "outbox, waiting", size.integer(0, 0) ?? 0,
      "\(size.text(0, 1) ?? "?") and \(size.text(0, 2) ?? "?") of indexes\(plan.isDryRun ? "" : ", vacuumed")")
  }
}

extension Keeper {
  /// The moment so many days ago, as PostgreSQL writes it.
  fileprivate func moment(daysAgo days: Int) throws(StorageError) -> String {
    guard let moment = try run("select now() - interval '\(days) days'").text(0, 0) else {
      throw StorageError(.unexpected)
    }
    return moment
  }
}
