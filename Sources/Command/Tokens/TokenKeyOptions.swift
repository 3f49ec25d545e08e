import ArgumentParser
import Auth
import ProxyHooks

/// What signs a token, and in whose name.
struct TokenKeyOptions: ParsableArguments {
  @OptionGroup var options: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      "A PEM (PKCS #8), a private JWK, or a secret, whose line feed at the end is not part of it. Default: the settings.",
      valueName: "file"))
  var key: String?

  @Option(help: "The header's `kid`. Default: the key's own.")
  var keyID: String?

  @Option(
    help: ArgumentHelp(
      "What signs. Default: what the key is for; of a secret HS256, of an RSA key RS256.", valueName: "name"))
  var algorithm: Algorithm?

  @Option(help: "`iss`. Default: the settings' one, if they were read.")
  var issuer: String?

  @Option(help: "`aud`; may be given several times. Default: the settings' one, if they were read.")
  var audience: [String] = []

  /// The settings, where they are needed or named.
  func configuration() throws -> Configuration? {
    guard key == nil || options.file != nil else { return nil }
    return try options.read(development: true)
  }

  func tokenIssuer(
    _ configuration: Configuration?, maximumLifetime: Int64, namespaces: Channel.Namespaces
  ) throws -> TokenIssuer {
    do {
      return try TokenIssuer(
        key: try signingKey(configuration), algorithm: algorithm,
        keyID: keyID ?? (key == nil ? configuration?.tokenSecretID : nil),
        issuer: issuer ?? configuration?.tokenRules.issuer,
        audiences: audience.isEmpty ? configuration?.tokenRules.audiences ?? [] : audience,
        maximumLifetime: maximumLifetime, namespaces: namespaces)
    } catch let error as KeyError {
      // Not the option's value: it may be the secret itself, given by mistake.
      throw Failure("\(key == nil ? "PROXYHOOKS_TOKEN_HMAC_SECRET" : "--key"): \(error)")
    }
  }

  /// Throws where the service would refuse a token that was signed as its settings say.
  func check(_ token: String, against configuration: Configuration?, at time: Int64) throws {
    guard key == nil, let configuration, let keys = configuration.keys.atHand else { return }
    do throws(TokenRefusal) {
      let verifier = TokenVerifier(keys: keys, rules: configuration.tokenRules)
      _ = try verifier.verify(Array(token.utf8), now: time)
    } catch {
      throw Failure("No token was issued: the service would refuse it: \(error)")
    }
  }

  private func signingKey(_ configuration: Configuration?) throws -> SigningKey {
    if let key {
      guard let bytes = try? FileBytes.read(key, atMost: KeySet.maximumBytes) else {
        throw Failure("--key: there is no such file, or it can't be read")
      }
      return try SigningKey(keyFile: bytes)
    }
    guard let secret = configuration?.tokenSecret else {
      throw Failure("PROXYHOOKS_TOKEN_HMAC_SECRET: is needed to sign a token, or a file with a key: --key")
    }
    return SigningKey(secret: secret)
  }
}
