/// The schema's history: numbered SQL files, each applied once, in order, and never changed after a release.
enum Migrations {
  struct Migration {
    let version: Int64
    let name: String
    let sql: String
  }

  static let all: [Migration] = [
    migration(1, "matches", PackageResources._001_matches_sql),
    migration(2, "rooms", PackageResources._002_rooms_sql),
    migration(3, "decisions", PackageResources._003_decisions_sql),
    migration(4, "reading", PackageResources._004_reading_sql),
    migration(5, "outbox", PackageResources._005_outbox_sql),
    migration(6, "lifecycle", PackageResources._006_lifecycle_sql),
    migration(7, "periods", PackageResources._007_periods_sql),
    migration(8, "storing", PackageResources._008_storing_sql),
    migration(9, "chat", PackageResources._009_chat_sql),
    migration(10, "retention", PackageResources._010_retention_sql),
    migration(11, "rights", PackageResources._011_rights_sql),
    migration(12, "seats", PackageResources._012_seats_sql),
    migration(13, "decisions_log", PackageResources._013_decisions_log_sql),
    migration(14, "inlined", PackageResources._014_inlined_sql),
    migration(15, "pages", PackageResources._015_pages_sql),
  ]

  private static func migration(_ version: Int64, _ name: String, _ sql: [UInt8]) -> Migration {
    Migration(version: version, name: name, sql: String(decoding: sql, as: UTF8.self))
  }
}
