import Storage

/// What the commands need that look at a policy: which file it is, and perhaps the database.
public struct ReviewSettings: Hashable, Sendable {
  /// The policy's file; nil for the policy that is built in.
  public let policyFile: String?
  /// A libpq connection string or URI; nil where none is set.
  public let databaseURL: String?
}

extension Configuration {
  /// Reads what `policy` needs, which has no business with the secrets.
  public static func review(environment: [String: String], file: String?) throws(ConfigurationError) -> ReviewSettings {
    var reader = try SettingsReader(environment: environment, file: file)
    let url = reader.text(.database).map { _ in databaseURL(&reader) }
    guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    return ReviewSettings(policyFile: reader.text(.policyFile), databaseURL: url)
  }
}
