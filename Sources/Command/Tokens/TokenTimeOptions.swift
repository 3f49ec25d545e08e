import ArgumentParser
import Auth

/// When a token is good.
struct TokenTimeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How long it is good, in seconds. Default: 3600.", valueName: "seconds"))
  var expiresIn: Int64?

  @Option(help: ArgumentHelp("When it ends, in Unix seconds, in place of --expires-in.", valueName: "time"))
  var expiresAt: Int64?

  @Option(help: ArgumentHelp("`nbf`: when it begins, in Unix seconds.", valueName: "time"))
  var notBefore: Int64?

  @Option(
    help: ArgumentHelp(
      "`iat`, in Unix seconds, where it is not now: an early one makes a token that has expired.", valueName: "time"))
  var issuedAt: Int64?

  @Option(help: ArgumentHelp("The longest lifetime that is allowed.", valueName: "seconds"))
  var maxLifetime = TokenIssuer.defaultMaximumLifetime

  var expiry: TokenExpiry { expiresAt.map(TokenExpiry.at) ?? .after(expiresIn ?? 3_600) }

  func validateTimes() throws {
    guard expiresIn == nil || expiresAt == nil else {
      throw ValidationError("--expires-in and --expires-at exclude each other")
    }
  }
}
