import Auth
import Testing

@testable import Storage

@Suite("Migrations")
struct MigrationTests {
  @Test("A new database gets every migration, a second run none")
  func twice() throws {
    let url = try TestServers.emptyDatabase()
    #expect(try Migrator(url: url).run() == Migrations.all.count)
    #expect(try Migrator(url: url).run() == 0)
  }

  @Test("Versions ascend from 1 without gaps")
  func numbering() {
    #expect(Migrations.all.map(\.version) == (1...Int64(Migrations.all.count)).map { $0 })
  }

  @Test("Of several instances that migrate at once one does the work and none fails")
  func concurrently() async throws {
    let url = try TestServers.emptyDatabase()
    let applied = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 { group.addTask { try Migrator(url: url).run() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(applied.sorted() == [0, 0, 0, Migrations.all.count])
  }

  @Test("A migration that fails leaves the schema as it was")
  func failure() throws {
    let url = try TestServers.emptyDatabase()
    try TestServers.run("create schema proxyhooks; create table proxyhooks.chat_room (in_the_way int)", on: url)
    #expect(throws: StorageError.self) { try Migrator(url: url).run() }
    let tables = try TestServers.run(
      "select count(*) from information_schema.tables where table_schema = 'proxyhooks'", on: url)
    #expect(tables.integer(0, 0) == 1)
  }

  @Test("A lane takes no work on a database whose schema is missing")
  func schemaMissing() async throws {
    let url = try TestServers.emptyDatabase()
    let store = try MembershipStore(settings: DatabaseSettings(url: url), log: quiet)
    try await eventually("the lane says why") { store.status.first?.failure?.kind == .refused }
    let match = try #require(MatchID("m"))
    await #expect(throws: StorageError(.unavailable)) {
      try await store.membership(of: try user("alice"), in: match, by: .soon)
    }
    _ = try Migrator(url: url).run()
    try await eventually("the lane takes work once it is migrated") { store.status.first?.isConnected == true }
  }
}
