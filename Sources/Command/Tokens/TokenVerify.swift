import ArgumentParser
import Auth
import ProxyHooks

struct TokenVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads a token from standard input and says whether it is good, and if not, why.",
    discussion: """
      Prints `valid` with the claims the service uses, or `invalid <reason>`, and exits with 0 or 1. The token is read \
      from standard input so that it stands in no process list and no shell history. Where keys are an issuer's, it is \
      asked for them once. Bans and revocations are in the database and not looked at.

      Without --config and PROXYHOOKS_CONFIG the settings of `make run`, .dev/proxyhooks.env, are used if they are there.
      """)

  @OptionGroup var options: ConfigurationOptions

  // Taken so that a token given as an argument is not repeated in the message about it.
  @Argument(help: .hidden) var misplaced: [String] = []

  func run() async throws {
    guard misplaced.isEmpty else { throw Failure("Give the token on standard input, not as an argument.") }
    let configuration = try options.read(development: true)
    guard let line = readLine() else { throw Failure("No token on standard input.") }
    let token = Array(line.utf8)
    let keys = try await keys(configuration)
    do throws(TokenRefusal) {
      let verifier = TokenVerifier(keys: keys, rules: configuration.tokenRules)
      let claims = try verifier.verify(token, now: WallClock.system.now())
      print("valid")
      print("  sub \(claims.subject)")
      print("  exp \(claims.expiresAt)")
      if let issuedAt = claims.issuedAt { print("  iat \(issuedAt)") }
      if let id = claims.id { print("  jti \(id)") }
    } catch {
      print("invalid \(error)")
      throw ExitCode.failure
    }
  }

  private func keys(_ configuration: Configuration) async throws -> KeySet {
    do throws(KeyLoadFailure) {
      return try await configuration.keys.load()
    } catch {
      throw Failure("PROXYHOOKS_TOKEN_JWKS_URL: no key set could be had: \(error)")
    }
  }
}
