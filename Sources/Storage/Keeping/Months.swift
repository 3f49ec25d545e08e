/// The months whose rooms are all over, and their end.
///
/// A partition is detached concurrently: a plain DROP or DETACH locks every room while it waits for whoever reads one, and
/// this waits, for as long as it takes, without a lock that anybody minds. It can't be part of a transaction, so what an
/// interruption leaves is found and finished by the next run.
///
/// Once a month is in `ending_period` no room is made in it: an import looks there under a lock that the insert waits for.
struct Months {
  let keeper: Keeper
  /// Rooms that were spoken in since live.
  let before: String
  let plan: RetentionPlan
  let progress: Retention.Progress

  private static let matchesAtOnce = 500
  private static let messagesAtOnce = 5_000

  private struct Standing {
    let rooms: Int64
    let living: Int64
    let open: Int64
  }

  func end(_ report: inout RetentionReport) throws(StorageError) {
    let periods = try keeper.texts(
      """
      select p.period from proxyhooks.message_partition p
       where p.period + interval '1 month' <= '\(before)'
         and (p.attached or exists (select from proxyhooks.ending_period e where e.period = p.period))
       order by p.period
      """)
    for period in periods {
      let name = String(period.prefix(7))
      progress("messages of \(name)")
      var standing = try standing(of: period)
      var moved: Int64 = 0
      if standing.living > 0, standing.living <= plan.mostMovedRooms, !plan.isDryRun {
        moved = try moveLiving(from: period)
        standing = try self.standing(of: period)
      }
      report.add("messages of \(name)", standing.rooms + moved, try end(period, standing, moved))
    }
  }

  /// Ends one month, if nothing holds it; returns what became of it.
  private func end(_ period: String, _ standing: Standing, _ moved: Int64) throws(StorageError) -> String {
    let size = try keeper.run(
      "select pg_size_pretty(coalesce(sum(bytes), 0)) from proxyhooks.message_partition where period = '\(period)'"
    ).text(0, 0)
    let room = { (count: Int64) in count == 1 ? "1 room" : "\(count) rooms" }
    let held = "held by \(room(standing.living)), \(standing.open) of them open"
    if plan.isDryRun {
      let dropped = "would be dropped, \(size ?? "?")"
      if standing.living == 0 { return dropped }
      return standing.living > plan.mostMovedRooms ? held : dropped + ", after a move of \(room(standing.living))"
    }
    guard standing.living == 0 else { return held }
    try keeper.run("insert into proxyhooks.ending_period values ('\(period)') on conflict do nothing")
    _ = try keeper.exhaust("select proxyhooks.end_matches('\(period)', '\(before)', \(Self.matchesAtOnce))") { count in
      progress("\(count) matches deleted")
    }
    guard try drop(period) else {
      try keeper.run("delete from proxyhooks.ending_period where period = '\(period)'")
      return "held by a room that was opened just now"
    }
    return "dropped, \(size ?? "?")\(moved == 0 ? "" : ", after a move of \(room(moved))")"
  }

  private func standing(of period: String) throws(StorageError) -> Standing {
    let row = try keeper.run(
      """
      select count(*), count(*) filter (where lives), count(*) filter (where is_open)
        from proxyhooks.rooms_of_period('\(period)', '\(before)')
      """)
    guard let rooms = row.integer(0, 0), let living = row.integer(0, 1), let open = row.integer(0, 2) else {
      throw StorageError(.unexpected)
    }
    return Standing(rooms: rooms, living: living, open: open)
  }

  private func moveLiving(from period: String) throws(StorageError) -> Int64 {
    let rooms = try keeper.texts(
      "select match_id from proxyhooks.rooms_of_period('\(period)', '\(before)') where lives order by match_id")
    let present = "date_trunc('month', now())::date"
    var moved: Int64 = 0
    for room in rooms {
      // An id's grammar leaves nothing to quote.
      let copied = try keeper.exhaust("select proxyhooks.copy_messages('\(room)', \(present), \(Self.messagesAtOnce))")
      progress("\(copied) messages of \(room) copied")
      moved += try keeper.run("select proxyhooks.move_room('\(room)', \(present))").bool(0, 0) == true ? 1 : 0
    }
    return moved
  }

  /// Detaches and drops a partition, from whichever step an earlier run has come to; false where it has a room.
  private func drop(_ period: String) throws(StorageError) -> Bool {
    let table = "proxyhooks.message_" + period.prefix(7).filter { $0 != "-" }
    for _ in 0..<Keeper.tries {
      let row = try keeper.run(
        """
        select p.attached, p.pending,
               exists (select from proxyhooks.chat_room r where r.period = p.period) from proxyhooks.message_partition p
         where p.period = '\(period)'
        """)
      guard row.rowCount > 0 else {
        try keeper.run("delete from proxyhooks.ending_period where period = '\(period)'")
        return true
      }
      if row.bool(0, 0) != true {
        try keeper.run("drop table \(table)")
      } else if row.bool(0, 1) == true {
        // This one does lock the partition while it waits, and plans made before the detachment still lock it too.
        try keeper.run(
          "alter table proxyhooks.message detach partition \(table) finalize", lockMilliseconds: 50)
      } else if row.bool(0, 2) == true {
        return false
      } else {
        progress("waiting until no older transaction reads messages")
        try keeper.run("alter table proxyhooks.message detach partition \(table) concurrently", lockMilliseconds: 0)
      }
    }
    throw StorageError(.refused, serverCode: "55P03")
  }
}
