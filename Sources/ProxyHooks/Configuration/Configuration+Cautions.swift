import Storage

// What is allowed, and is to be known by whoever answers for it.
extension Configuration {
  /// One secret with two purposes makes one of its holders the other: Centrifugo could sign tokens for anybody.
  static func keepSecretsApart(_ reader: inout SettingsReader) {
    guard let token = reader.text(.tokenSecret) else { return }
    for setting in [Setting.secret, .previousSecret] where reader.text(setting) == token {
      reader.problem(setting, "is the same as PROXYHOOKS_TOKEN_HMAC_SECRET; whoever has it could sign tokens")
    }
  }

  /// What `configuration` leaves open, in the order of the settings' table.
  static func cautions(of configuration: Configuration) -> [String] {
    var cautions: [String] = []
    func caution(_ setting: Setting, _ text: String) { cautions.append("\(setting.key): \(text)") }
    if case .issuer(let issuer) = configuration.keys.source, !issuer.address.isEncrypted {
      caution(.tokenKeysURL, "is not https: whoever has that port of this machine says whose tokens are good")
    }
    if configuration.tokenRules.audiences.isEmpty {
      caution(.tokenAudience, "is not set: a token that the same key signed for another service is good here too")
    }
    if configuration.tokenRules.issuer == nil {
      caution(.tokenIssuer, "is not set: what our keys signed is good here, whichever issuer it names")
    }
    if !configuration.listen.isLoopback, configuration.tls == nil {
      caution(
        .listen,
        "is not a loopback address, and PROXYHOOKS_TLS_CERTIFICATE is not set: "
          + "the caller's secret and tokens cross the network in clear")
    }
    if let listen = configuration.grpcListen, !listen.isLoopback, configuration.tls == nil {
      caution(
        .grpcListen,
        "is not a loopback address, and PROXYHOOKS_TLS_CERTIFICATE is not set: "
          + "the caller's secret and tokens cross the network in clear")
    }
    if !configuration.operationsListen.isLoopback {
      caution(.operationsListen, "is not a loopback address: whoever reaches it reads the metrics")
      if configuration.console != nil {
        caution(
          .consoleToken,
          "the console is not on a loopback address: its token and who did what cross the network in clear; put TLS before it"
        )
      }
    }
    if DatabaseSettings.isUnproven(configuration.database.url) {
      caution(.database, "names another machine without sslmode=verify-full: nothing proves that it is the one meant")
    }
    if configuration.redis.leavesTheMachine {
      caution(.redis, "names another machine: its password and users' ids cross the network in clear")
    }
    if configuration.decisionLog.isKept, configuration.decisionLog.signer == nil {
      caution(
        .decisionLogKey,
        "is not set: who can write to the decision log can change it unseen, but for what other logs tell")
    }
    return cautions
  }
}
