/// What the commands that keep the database need: where it is, and for how long what is kept.
public struct KeepingSettings: Hashable, Sendable {
  /// A libpq connection string or URI.
  public let databaseURL: String
  /// After how many days without a message a match that is over is deleted; nil keeps all of them.
  public let retentionDays: Int?
  /// After how many days a report is deleted; nil keeps them as long as their match.
  public let reportDays: Int?
  /// After how many days a decision is deleted from the log's table; nil keeps all of them.
  public let decisionDays: Int?
}

extension Configuration {
  /// Reads what `prune` and `person` need, which have no business with the secrets.
  public static func keeping(environment: [String: String], file: String?) throws(ConfigurationError)
    -> KeepingSettings
  {
    var reader = try SettingsReader(environment: environment, file: file)
    let settings = Self.keeping(&reader)
    guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    return settings
  }

  private static func keeping(_ reader: inout SettingsReader) -> KeepingSettings {
    let (days, reportDays) = retention(&reader)
    let decisionDays = reader.integer(.decisionLogDays, in: 0...36_500)
    return KeepingSettings(
      databaseURL: databaseURL(&reader), retentionDays: days, reportDays: reportDays,
      decisionDays: decisionDays > 0 ? decisionDays : nil)
  }

  /// The days that matches and reports are kept; nil for ever.
  @discardableResult
  static func retention(_ reader: inout SettingsReader) -> (days: Int?, reportDays: Int?) {
    let days = reader.integer(.retentionDays, in: 0...36_500)
    let reportDays = reader.integer(.reportRetentionDays, in: 0...36_500)
    return (days > 0 ? days : nil, reportDays > 0 ? reportDays : nil)
  }
}
