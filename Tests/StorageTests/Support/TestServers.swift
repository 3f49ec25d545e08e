import Foundation
import Testing

@testable import Storage

/// The servers that `make test` starts for the suite, and a database of this process's own on one of them.
enum TestServers {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  static func variable(_ name: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
      throw Missing(description: "\(name) is not set: run the tests with `make test`")
    }
    return value
  }

  static func redis() throws -> RedisAddress {
    try #require(RedisAddress(variable("PROXYHOOKS_TEST_REDIS_URL")))
  }

  /// The connection string of a migrated database, made at the first use.
  static func database() throws -> String { try made.get() }

  private static let made = Result { try emptyDatabase(migrated: true) }

  /// A new database of its own.
  static func emptyDatabase(migrated: Bool = false) throws -> String {
    let server = try variable("PROXYHOOKS_TEST_DATABASE_URL")
    let name = "test_\(getpid())_\(UInt32.random(in: 0 ... .max))"
    _ = try run("create database \(name)", on: server)
    var parts = try #require(URLComponents(string: server))
    parts.path = "/\(name)"
    let url = try #require(parts.string)
    if migrated { _ = try Migrator(url: url).run() }
    return url
  }

  /// Runs SQL on a connection of its own and returns the last statement's rows.
  @discardableResult
  static func run(_ sql: String, on url: String) throws -> PostgresResult {
    let connection = try PostgresConnection(url: url, applicationName: "test", by: .after(milliseconds: 5_000))
    return try connection.run(script: sql, by: .after(milliseconds: 20_000))
  }

  @discardableResult
  static func run(_ sql: String) throws -> PostgresResult { try run(sql, on: database()) }
}
