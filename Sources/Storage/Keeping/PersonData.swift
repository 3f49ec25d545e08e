public import Auth

/// What is kept of one person: all of it as JSON, and the end of it.
///
/// Messages have no index by sender. They are found by the person's memberships, past ones too; those of memberships that
/// were deleted and not left are found by a pass over every message.
public struct PersonData {
  /// How much of what there is, or was erased.
  public struct Counts: Hashable, Sendable {
    /// Memberships that were present ones.
    public internal(set) var memberships: Int64 = 0
    /// Messages, deleted ones too.
    public internal(set) var messages: Int64 = 0
    /// Names, read positions, blocks, reports and the moment they were last seen.
    public internal(set) var rows: Int64 = 0
  }

  private static let messagesAtOnce = 1_000
  private let keeper: Keeper
  private let user: UserID
  /// The matches that may have messages of theirs.
  private let matches: [String]
  /// Their id as SQL; its grammar leaves nothing to quote.
  private var id: String { "'\(user)'" }

  /// Connects and finds the matches in which the person is or was.
  ///
  /// - Parameters:
  ///   - url: a libpq connection string or URI of the role that owns the schema.
  ///   - searchesAll: whether every message is looked at besides.
  /// - Throws: ``StorageError``; `refused (already_running)` while another command of this kind works.
  public init(of user: UserID, url: String, searchesAll: Bool = false) throws(StorageError) {
    keeper = try Keeper(url: url)
    self.user = user
    var matches = try keeper.texts(
      "select match_id from proxyhooks.match_member where user_id = '\(user)' order by match_id")
    if searchesAll {
      matches += try keeper.texts("select distinct match_id from proxyhooks.message where sender = '\(user)'")
    }
    self.matches = Set(matches).sorted()
  }

  /// Writes everything as one JSON object (RFC 8259), in pieces. Times are as in messages; a message is as the room has it.
  public func export(_ write: (String) throws -> Void) throws {
    let head = try keeper.texts(
      """
      select json_build_object(
        'user', \(id), 'exported_at', proxyhooks.utc(now()),
        'name', (select name from proxyhooks.person where user_id = \(id)),
        'last_seen', (select proxyhooks.utc(seen_at) from proxyhooks.last_seen where user_id = \(id)),
        'ban', (select json_build_object('banned_at', proxyhooks.utc(banned_at), 'until', proxyhooks.utc(until))
                  from proxyhooks.user_ban where user_id = \(id)),
        'tokens_revoked_before', (select proxyhooks.utc(not_before) from proxyhooks.token_not_before where user_id = \(id)),
        'memberships', (select coalesce(json_agg(json_build_object(
            'match', k.match_id, 'state', t.state, 'role', k.role, 'joined_at', proxyhooks.utc(k.joined_at),
            'left_at', proxyhooks.utc(k.left_at), 'muted_at', proxyhooks.utc(k.muted_at),
            'removed_at', proxyhooks.utc(k.banned_at), 'read_seq', p.seq, 'read_at', proxyhooks.utc(p.read_at))
              order by k.match_id), '[]')
          from proxyhooks.match_member k join proxyhooks.route_match t on t.id = k.match_id
          left join proxyhooks.read_position p on p.match_id = k.match_id and p.user_id = k.user_id
         where k.user_id = \(id)),
        'blocks', (select coalesce(json_agg(json_build_object('user', blocked_id, 'blocked_at', proxyhooks.utc(blocked_at))
              order by blocked_id), '[]') from proxyhooks.user_block where user_id = \(id)),
        'reports', (select coalesce(json_agg(json_build_object('match', match_id, 'seq', seq, 'reason', reason,
              'text', text, 'reported_at', proxyhooks.utc(reported_at)) order by reported_at), '[]')
          from proxyhooks.report where reporter = \(id)))::text
      """)
    guard let head = head.first else { throw StorageError(.unexpected) }
    try write(head.dropLast() + ", \"messages\": [")
    try list(write) { match, after in
      """
      select proxyhooks.message_json(m.id, m.seq, m.match_id, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at, m.edited_at,
                                     m.deleted_at), m.seq
        from proxyhooks.message m join proxyhooks.chat_room r on r.match_id = m.match_id and r.period = m.period
       where m.match_id = '\(match)' and m.sender = \(id) and m.seq > \(after) order by m.seq limit \(Self.messagesAtOnce)
      """
    }
    try write("], \"edits\": [")
    // A message has few edits, so those of one are never on two pages.
    try list(write) { match, after in
      """
      select string_agg(json_build_object('match', e.match_id, 'seq', e.seq, 'edited_at', proxyhooks.utc(e.edited_at),
               'before', json_build_object('text', e.text, 'lat', e.lat, 'lon', e.lon))::text, ',' order by e.edited_at), e.seq
        from proxyhooks.message_edit e
        join proxyhooks.chat_room r on r.match_id = e.match_id
        join proxyhooks.message m on m.period = r.period and m.match_id = e.match_id and m.seq = e.seq
       where e.match_id = '\(match)' and m.sender = \(id) and e.seq > \(after)
       group by e.seq order by e.seq limit \(Self.messagesAtOnce)
      """
    }
    try write("]}\n")
  }

  /// Writes the rows of each match's pages, with commas between. A row is its JSON and its number.
  private func list(_ write: (String) throws -> Void, page: (_ match: String, _ after: Int64) -> String) throws {
    var isFirst = true
    for match in matches {
      var after: Int64 = 0
      while true {
        let rows = try keeper.run(page(match, after))
        for row in 0..<rows.rowCount {
          guard let json = rows.text(row, 0), let seq = rows.integer(row, 1) else { throw StorageError(.unexpected) }
          try write((isFirst ? "\n" : ",\n") + json)
          isFirst = false
          after = seq
        }
        if rows.rowCount < Self.messagesAtOnce { break }
      }
    }
  }

  /// Ends the person's connections and memberships, makes their messages tombstones of nobody and deletes what else is
  /// theirs, in short transactions: stopped in the middle, it goes on with the next call.
  public func erase(progress: (String) -> Void = { _ in }) throws(StorageError) -> Counts {
    var counts = Counts()
    // Else a connection that goes on would leave new traces.
    try keeper.run("select proxyhooks.revoke_tokens(\(id))")
    counts.memberships = try keeper.exhaust(
      """
      with gone as (
        update proxyhooks.match_member set left_at = now() where user_id = \(id) and match_id = any(array(
          select k.match_id::text from proxyhooks.match_member k
           where k.user_id = \(id) and k.left_at is null limit 100)) returning 1)
      select count(*) from gone
      """)
    for (number, match) in matches.enumerated() {
      counts.messages += try keeper.exhaust(
        "select proxyhooks.erase_messages(\(id), '\(match)', \(Self.messagesAtOnce))")
      counts.rows += try deleted("read_position", where: "match_id = '\(match)' and user_id = \(id)")
      if number % 100 == 99 { progress("\(number + 1) of \(matches.count) rooms") }
    }
    counts.rows += try deleted("person", where: "user_id = \(id)")
    counts.rows += try deleted("last_seen", where: "user_id = \(id)")
    counts.rows += try deleted("user_block", where: "user_id = \(id)")
    counts.rows += try deleted("report", where: "reporter = \(id)")
    return counts
  }

  private func deleted(_ table: String, where condition: String) throws(StorageError) -> Int64 {
    try keeper.number(
      "with gone as (delete from proxyhooks.\(table) where \(condition) returning 1) select count(*) from gone")
  }
}
