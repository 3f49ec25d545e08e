import ArgumentParser
import Auth
import Foundation
import ProxyHooks
import StrictJSON

struct Token: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a development token, or says what is wrong with one.",
    discussion: """
      Without --config and PROXYHOOKS_CONFIG the settings of `make run`, .dev/proxyhooks.env, are used if they are there.
      """,
    subcommands: [Make.self, Verify.self], defaultSubcommand: Make.self)

  struct Make: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "make",
      abstract: "Prints a token signed with PROXYHOOKS_TOKEN_HMAC_SECRET, alone on its line.")

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "The user's id, the token's `sub`: 1 to 64 characters A-Z a-z 0-9 . _ @ -")
    var user: String

    @Option(parsing: .unconditional, help: "How long it is good, in seconds. Below 0 makes an expired one.")
    var seconds: Int64 = 3_600

    func validate() throws {
      guard UserID(user) != nil else {
        throw ValidationError("--user: want 1 to 64 characters A-Z a-z 0-9 . _ @ -")
      }
      guard (-31_536_000...31_536_000).contains(seconds) else {
        throw ValidationError("--seconds: want at most a year either way")
      }
    }

    func run() throws {
      let configuration = try options.read(development: true)
      guard let secret = configuration.tokenSecret else {
        throw Failure("PROXYHOOKS_TOKEN_HMAC_SECRET: is needed to sign a token")
      }
      let signer = try TokenSigner(
        key: SigningKey(secret: secret), algorithm: .hs256, keyID: configuration.tokenSecretID)
      print(try signer.sign(claimsJSON: claims(configuration)))
    }

    private func claims(_ configuration: Configuration) -> [UInt8] {
      let now = WallClock.system.now()
      var claims = JSONWriter(capacity: 256)
      claims.beginObject()
      claims.key("sub")
      claims.string(user)
      claims.key("iat")
      claims.integer(min(now, now + seconds))
      claims.key("exp")
      claims.integer(now + seconds)
      claims.key("jti")
      claims.string(UUID().uuidString.lowercased())
      if let issuer = configuration.tokenRules.issuer {
        claims.key("iss")
        claims.string(issuer)
      }
      if let audience = configuration.tokenRules.audiences.first {
        claims.key("aud")
        claims.string(audience)
      }
      claims.endObject()
      return claims.bytes
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reads a token from standard input and says whether it is good, and if not, why.",
      discussion: """
        Prints `valid` with the claims the service uses, or `invalid <reason>`, and exits with 0 or 1. The token is read \
        from standard input so that it stands in no process list and no shell history. Bans and revocations are in the \
        database and not looked at.
        """)

    @OptionGroup var options: ConfigurationOptions

    // Taken so that a token given as an argument is not repeated in the message about it.
    @Argument(help: .hidden) var misplaced: [String] = []

    func run() throws {
      guard misplaced.isEmpty else { throw Failure("Give the token on standard input, not as an argument.") }
      let configuration = try options.read(development: true)
      guard let line = readLine() else { throw Failure("No token on standard input.") }
      let token = Array(line.utf8)
      do throws(TokenRefusal) {
        let verifier = TokenVerifier(keys: configuration.keys, rules: configuration.tokenRules)
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
  }
}
