import ArgumentParser
import Auth
import ProxyHooks

struct TokenIssue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: "Prints a connection or subscription token, alone on its line.",
    discussion: """
      Signs with PROXYHOOKS_TOKEN_HMAC_SECRET, or with the key in a file that --key names. The service's own settings \
      give a token its issuer and audience too, unless it has others. Before it is printed a token is verified, by the \
      settings as well where they were used. docs/tokens.md says what each kind is for and what it bypasses.

      Without --key, --config and PROXYHOOKS_CONFIG the settings of `make run`, .dev/proxyhooks.env, are used if they \
      are there. With --key settings are read only where --config names them.
      """)

  @OptionGroup(title: "Whose") var claims: TokenClaimOptions
  @OptionGroup(title: "When") var times: TokenTimeOptions
  @OptionGroup(title: "By whom") var keys: TokenKeyOptions

  func validate() throws {
    try claims.validateKind()
    try times.validateTimes()
  }

  func run() throws {
    let now = times.issuedAt ?? WallClock.system.now()
    let configuration = try keys.configuration()
    let namespaces = configuration?.policy.document.namespaces ?? .standard
    let issuer = try keys.tokenIssuer(
      configuration, maximumLifetime: times.maxLifetime, namespaces: namespaces)
    do {
      switch claims.kind {
      case .subscription:
        print(try issuer.issue(claims.subscription(times, in: namespaces), now: now))
      case .connection:
        let token = try issuer.issue(claims.connection(times, in: namespaces), now: now)
        try keys.check(token, against: configuration, at: max(now, times.notBefore ?? 0))
        print(token)
      }
    } catch let error as IssuingError {
      throw Failure("No token was issued: \(error)\(error.mend.map { ": \($0)" } ?? "")")
    }
  }
}

extension IssuingError {
  /// What to do about it, where that is not plain from the reason.
  fileprivate var mend: String? {
    switch reason {
    case .expiryPassed: "it would have expired already"
    case .lifetimeTooLong: "--max-lifetime allows a longer one"
    case .notBeforeTooLate: "--not-before is not before its end"
    case .malformedJSON, .notAnObject: "--info, --meta, --data, --subs and --override each want one JSON object"
    case .optionsInvalid: #"a subscription has "info", "data" and "override", the last as {"presence":{"value":true}}"#
    case .channelInvalid: "a channel is match:ID or user:ID, in the namespaces of the settings"
    case .infoTooLarge: "--info wants at most \(TokenClaims.maximumInfoBytes) bytes"
    default: nil
    }
  }
}
