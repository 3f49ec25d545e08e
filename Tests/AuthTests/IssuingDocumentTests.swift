import Auth
import Foundation
import Testing

// The example of docs/tokens.md begins.
struct ChatTokens {
  let issuer: TokenIssuer

  init(privateKeyPEM: [UInt8]) throws {
    issuer = try TokenIssuer(
      key: SigningKey(privateKeyPEM: privateKeyPEM), keyID: "2026-11", issuer: "app", audiences: ["chat"])
  }

  /// For the app's client, which hands it over as `data.token`.
  func token(userID: String, name: String) throws -> String? {
    guard let user = UserID(userID) else { return nil }
    let info = try ClaimObject(JSONEncoder().encode(["name": name]))
    let token = ConnectionToken(user: user, expiry: .after(900), info: info)
    return try issuer.issue(token, now: Int64(Date().timeIntervalSince1970))
  }
}
// The example ends.

@Suite("The example of docs/tokens.md")
struct IssuingDocumentTests {
  private static func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

  @Test("It is the code above, and its token is good")
  func example() throws {
    let source = URL(fileURLWithPath: #filePath)
    let root = source.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let document = try Self.text(root.appendingPathComponent("docs/tokens.md"))
    let block = try #require(document.components(separatedBy: "```swift\n").last?.components(separatedBy: "```").first)
    let code = try #require(Self.text(source).components(separatedBy: "tokens.md begins.\n").dropFirst().first)
    let example = try #require(code.components(separatedBy: "// The example ends.").first)
    #expect(block == "import Auth\nimport Foundation\n\n" + example)

    let pair = try KeyPair.curve("P-256")
    let token = try #require(try ChatTokens(privateKeyPEM: pair.privatePEM()).token(userID: "anna", name: "Anna"))
    let keys = try KeySet(publicKeyPEM: pair.publicPEM(), algorithm: .es256, keyID: "2026-11")
    let verifier = TokenVerifier(keys: keys, rules: TokenRules(issuer: "app", audiences: ["chat"]))
    let claims = try verifier.verify(Array(token.utf8), now: Int64(Date().timeIntervalSince1970))
    #expect(claims.info == Array(#"{"name":"Anna"}"#.utf8))
  }
}
