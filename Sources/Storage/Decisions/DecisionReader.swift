/// Reads the decision log's table, for commands. Blocks.
public struct DecisionReader {
  /// What a search can leave to the database; everything else is for the reader to look at.
  public struct Search: Hashable, Sendable {
    /// The earliest time, as RFC 3339 has it.
    public var since: String?
    /// The first time that is too late.
    public var until: String?
    /// The event's name.
    public var hook: String?
    /// The user.
    public var user: String?
    /// What became of it.
    public var outcome: String?

    /// All decisions.
    public init() {}
  }

  private static let page = 2_000
  private let connection: PostgresConnection

  /// - Parameter url: a libpq connection string or URI of a role that may read the table.
  public init(url: String) throws(StorageError) {
    connection = try PostgresConnection(
      url: url, applicationName: "proxyhooks audit", by: .after(milliseconds: 10_000))
    _ = try connection.run(
      script: """
        set timezone = 'UTC';
        set search_path = pg_catalog;
        set standard_conforming_strings = on;
        set default_transaction_read_only = on
        """, by: Self.deadline)
    try SchemaVersion.check(connection, by: Self.deadline)
  }

  /// The first lines of the chains that are there from their beginning, by what the lines say.
  public func openingLines() throws(StorageError) -> [String] {
    // Not by the columns: whoever changed them could hide a beginning, and with it the end that it names.
    try texts(
      """
      select d.line::text from proxyhooks.decision d
       where d.line::text like '{"log":"%","seq":0,"time":"%","event":"opened",%' order by d.log, d.seq
      """)
  }

  /// Goes through all lines, chain by chain in the order of their beginnings, each in the order of its numbers.
  ///
  /// - Parameter body: false ends it.
  public func allLines(_ body: (String) throws -> Bool) throws { try allRows { line, _ in try body(line) } }

  /// Goes through all lines as ``allLines(_:)`` does, and says of each whether the columns beside it say the same.
  ///
  /// - Parameter body: false ends it.
  public func allRows(_ body: (String, Bool) throws -> Bool) throws {
    let logs = try texts("select d.log from proxyhooks.decision d group by d.log order by min(d.at), d.log")
    for log in logs {
      // As log_decisions takes them out of the line.
      let goesOn = try cursor(
        """
        select d.line::text,
               (d.log, d.seq, d.at, d.hook, d.event, d.user_id, d.outcome)
               is distinct from (r.log, r.seq, r."time", r.hook, r.event, r."user", r.outcome)
          from proxyhooks.decision d
         cross join lateral json_to_record(replace(d.line::text, '\\u0000', '\\ufffd')::json)
                      as r (log text, seq bigint, "time" timestamptz, hook text, event text, "user" text, outcome text)
         where d.log = \(Self.literal(log)) order by d.seq
        """
      ) { try body($0, $1 != "t") }
      guard goesOn else { return }
    }
  }

  /// Goes through the decisions of `search`, in the order of their times.
  ///
  /// - Parameter body: false ends it.
  public func decisions(_ search: Search, _ body: (String) throws -> Bool) throws {
    var conditions = ["d.hook is not null"]
    if let since = search.since { conditions.append("d.at >= \(Self.literal(since))::timestamptz") }
    if let until = search.until { conditions.append("d.at < \(Self.literal(until))::timestamptz") }
    if let hook = search.hook { conditions.append("d.hook = \(Self.literal(hook))") }
    if let user = search.user { conditions.append("d.user_id = \(Self.literal(user))") }
    if let outcome = search.outcome { conditions.append("d.outcome = \(Self.literal(outcome))") }
    _ = try cursor(
      """
      select d.line::text, null from proxyhooks.decision d where \(conditions.joined(separator: " and "))
       order by d.at, d.log, d.seq
      """
    ) { line, _ in try body(line) }
  }

  /// Long enough for a sort of a large table.
  private static var deadline: Deadline { .after(milliseconds: 3_600_000) }

  private func texts(_ sql: String) throws(StorageError) -> [String] {
    let result = try connection.run(script: sql, by: Self.deadline)
    return (0..<result.rowCount).compactMap { result.text($0, 0) }
  }

  /// Fetches two columns page by page, so that a table of any length can be read; returns whether it came to the end.
  private func cursor(_ sql: String, _ body: (String, String?) throws -> Bool) throws -> Bool {
    _ = try connection.run(script: "begin; declare lines no scroll cursor for \(sql)", by: Self.deadline)
    while true {
      let page = try connection.run(script: "fetch \(Self.page) from lines", by: Self.deadline)
      for row in 0..<page.rowCount {
        guard let line = page.text(row, 0) else { continue }
        guard try body(line, page.text(row, 1)) else { return false }
      }
      if page.rowCount < Self.page { break }
    }
    _ = try connection.run(script: "commit", by: Self.deadline)
    return true
  }

  /// A text as SQL: with standard conforming strings a quote is all there is to escape. A NUL would end it.
  private static func literal(_ text: String) -> String {
    "'" + text.replacing("\u{0}", with: "").replacing("'", with: "''") + "'"
  }
}
