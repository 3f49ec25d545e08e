import Auth

/// The rooms of a batch of persons: a row for each membership that passes the guard or is the last looked at, one alone where
/// there is none.
enum ReadRooms: PostgresStatement {
  struct Job: Sendable {
    let user: UserID
    let page: RoomStore.Page
    let `guard`: Guard
  }

  static let name = "read_rooms"
  static let hasBinaryRows = true
  // Of the columns of what is not there, only NULLs come: a room without messages, a person without rooms.
  static let sql = """
    select g.place, b.is_banned is not null, case when coalesce(l.nth, 1) = 1 then o.blocked end, l.nth, l.match_id, l.role,
           l.joined_at, l.looked_at, l.passes, l.last_seq, coalesce(p.seq, 0), u.is_blocked, a.members,
           \(MessageColumns.list(of: "m"))
      from unnest($1::text[], $2::timestamptz[], $3::text[], $4::bigint[], $5::text[])
             with ordinality as g (user_id, before_at, before_match, most, seats, place)
      left join lateral (select true as is_banned from proxyhooks.user_ban n
                          where n.user_id = g.user_id and (n.until is null or n.until > now()) limit 1) b on true
      cross join lateral (
        select '[' || coalesce(string_agg('"' || w.blocked_id || '"', ',' order by w.blocked_id), '') || ']' as blocked
          from (select v.blocked_id from proxyhooks.user_block v where v.user_id = g.user_id
                 order by v.blocked_id limit \(ChangeStore.mostBlocked)) w) o
      left join lateral (
        select k.match_id, k.role, k.joined_at, k.looked_at, d.passes, c.last_seq, c.period,
               row_number() over (order by k.joined_at desc, k.match_id desc) as nth
          from (select mm.match_id, mm.role, mm.joined_at, mm.muted_at,
                       row_number() over (order by mm.joined_at desc, mm.match_id desc) as looked_at
                  from proxyhooks.match_member mm
                 where b.is_banned is null and mm.user_id = g.user_id and mm.left_at is null and mm.banned_at is null
                   -- '~' is above every id.
                   and (mm.joined_at, mm.match_id) < (coalesce(g.before_at, 'infinity'), coalesce(g.before_match, '~'))
                 order by mm.joined_at desc, mm.match_id desc limit \(RoomStore.mostLookedAt)) k
          cross join lateral (select t.state from proxyhooks.route_match t where t.id = k.match_id limit 1) t
          cross join lateral (select proxyhooks.passes(t.state, k.role, false, k.muted_at is not null, false, false, g.seats)
                                       as passes offset 0) d
          left join lateral (select r.last_seq, r.period from proxyhooks.chat_room r where r.match_id = k.match_id limit 1) c
                 on true
         where d.passes or k.looked_at = \(RoomStore.mostLookedAt)
         -- One row more than the page has says whether there is more.
         order by k.joined_at desc, k.match_id desc limit g.most + 1) l on true
      left join lateral (select rp.seq from proxyhooks.read_position rp
                          where rp.match_id = l.match_id and rp.user_id = g.user_id limit 1) p on true
      left join lateral (select e.* from proxyhooks.message e
                          where e.period = l.period and e.match_id = l.match_id and e.seq >= l.last_seq
                          order by e.seq limit 1) m on true
      left join lateral (select true as is_blocked from proxyhooks.user_block u
                          where u.user_id = g.user_id and u.blocked_id = m.sender limit 1) u on true
      cross join lateral (
        select '[' || coalesce(string_agg('{"user":"' || i.user_id || '","role":"' || i.role || '"'
                                            || coalesce(',"name":' || to_json(i.name), '') || '}',
                                          ',' order by i.user_id), '') || ']' as members
          from proxyhooks.present_members(l.match_id, 50) i) a
     order by g.place
    """

  static func parameters(of batch: [Job]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.user.text))
    parameters.append(moments: batch.map(\.page.before?.joinedAt))
    parameters.append(texts: batch.map(\.page.before?.match.text))
    parameters.append(integers: batch.map { Int64($0.page.limit) })
    parameters.append(texts: batch.map(\.guard.text))
    return parameters
  }

  // Where the columns are.
  private static let (isBanned, blocked, nth, match, role, joinedAt) = (1, 2, 3, 4, 5, 6)
  private static let (lookedAt, passes, lastSeq, readSeq, isBlocked, members, message) = (7, 8, 9, 10, 11, 12, 13)

  static func outcome(of job: Job, _ result: PostgresResult, rows: Range<Int>) -> RoomStore.Outcome? {
    // They come as the index has them, and SQL does not promise that.
    let ordered = rows.map { (nth: result.integer($0, nth) ?? 1, row: $0) }.sorted { $0.nth < $1.nth }.map(\.row)
    guard let first = ordered.first, let isBanned = result.bool(first, isBanned),
      let blocked = result.bytes(first, blocked)
    else { return nil }
    let isEmpty = result.integer(first, nth) == nil
    let page = isEmpty ? [] : ordered.prefix(job.page.limit)
    var next: RoomStore.Place?
    if let last = page.last,
      ordered.count > page.count || result.integer(last, lookedAt) == Int64(RoomStore.mostLookedAt)
    {
      guard let place = place(result, last) else { return nil }
      next = place
    }
    guard let rooms = rooms(result, page) else { return nil }
    return RoomStore.Outcome(isBanned: isBanned, rooms: rooms, next: next, blocked: Array(blocked))
  }

  private static func place(_ result: PostgresResult, _ row: Int) -> RoomStore.Place? {
    guard let joinedAt = result.integer(row, joinedAt), let match = result.text(row, match).flatMap({ MatchID($0) })
    else { return nil }
    return RoomStore.Place(joinedAt: joinedAt, match: match)
  }

  /// The rooms of `rows` as a JSON array; nil where a column that each room has is NULL.
  private static func rooms(_ result: PostgresResult, _ rows: ArraySlice<Int>) -> [UInt8]? {
    var json = ReplyText(capacity: 512 * rows.count + 2)
    json.append("[")
    for row in rows {
      // The last one looked at may be none that is shown; nor is a match whose room is missing.
      guard result.bool(row, passes) == true, let lastSeq = result.integer(row, lastSeq) else { continue }
      guard let match = result.bytes(row, match), let role = result.bytes(row, role),
        let readSeq = result.integer(row, readSeq), let members = result.bytes(row, members)
      else { return nil }
      json.append(json.bytes.count > 1 ? #",{"match":""# : #"{"match":""#)
      json.append(match)
      json.append(#"","role":""#)
      json.append(role)
      json.append(#"","last_seq":"#)
      json.append(lastSeq)
      json.append(#","read_seq":"#)
      json.append(readSeq)
      json.append(#","unread":"#)
      json.append(lastSeq > readSeq ? lastSeq - readSeq : 0)
      json.append(#","last_message":"#)
      let isWritten = MessageColumns.write(
        result, row: row, from: message, of: match, isBlocked: result.bool(row, isBlocked) ?? false, to: &json)
      if !isWritten { json.append("null") }
      json.append(#","members":"#)
      json.append(members)
      json.append("}")
    }
    json.append("]")
    return json.bytes
  }
}
