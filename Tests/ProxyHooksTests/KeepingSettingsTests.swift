import Testing

@testable import ProxyHooks

@Suite("Settings of the commands that keep the database")
struct KeepingSettingsTests {
  private func settings(_ values: [String: String]) throws -> KeepingSettings {
    let environment = values.merging(["PROXYHOOKS_DATABASE_URL": "postgresql:///p"]) { value, _ in value }
    return try Configuration.keeping(environment: environment, file: nil)
  }

  @Test("Unset or 0, what is kept is kept for ever; no secret is asked for")
  func forEver() throws {
    for values in [[:], ["PROXYHOOKS_RETENTION_DAYS": "0", "PROXYHOOKS_REPORT_RETENTION_DAYS": "0"]] {
      let settings = try settings(values)
      #expect(settings.retentionDays == nil && settings.reportDays == nil)
      #expect(settings.databaseURL == "postgresql:///p")
    }
  }

  @Test("Messages and reports have a retention each")
  func days() throws {
    let settings = try settings(["PROXYHOOKS_RETENTION_DAYS": "90", "PROXYHOOKS_REPORT_RETENTION_DAYS": "30"])
    #expect(settings.retentionDays == 90 && settings.reportDays == 30)
  }

  @Test("A retention that is no number of days is refused with its key", arguments: ["-1", "90d", "36501", "many"])
  func wrong(_ value: String) {
    for key in ["PROXYHOOKS_RETENTION_DAYS", "PROXYHOOKS_REPORT_RETENTION_DAYS"] {
      let error = #expect(throws: ConfigurationError.self) { try settings([key: value]) }
      #expect(error?.problems.first?.contains(key) == true)
    }
  }
}
