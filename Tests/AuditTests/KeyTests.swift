import Auth
import Foundation
import StrictJSON
import Testing

@testable import Audit

@Suite struct KeyTests {
  private static let privatePEM = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
    -----END PRIVATE KEY-----

    """
  private static let publicPEM = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    -----END PUBLIC KEY-----

    """

  @Test("A key's id is its JWK thumbprint, as RFC 8037 calculates it")
  func thumbprint() throws {
    let jwk =
      #"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","#
      + #""x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
    #expect(
      try CheckpointSigner(keyFile: Array(jwk.utf8)).keyID == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
  }

  @Test("What a PEM's private key signs its public key verifies, and another's does not")
  func pems() throws {
    let signer = try CheckpointSigner(keyFile: Array(Self.privatePEM.utf8))
    let hash = String(repeating: "a", count: 64)
    let signature = try #require(signer.signature(log: "0123456789abcdef", seq: 7, previous: hash, time: "now"))
    var checkpoint = Checkpoint(
      position: ChainPosition(log: "0123456789abcdef", seq: 7, hash: hash), previous: hash, time: "now",
      key: signer.keyID, signature: signature)
    var keys = CheckpointKeys()
    #expect(keys.verdict(on: checkpoint) == .unknownKey)
    try keys.add(file: CheckpointSigner(keyFile: CheckpointSigner.newKeyFile()).publicJWK)
    #expect(keys.verdict(on: checkpoint) == .unknownKey)
    try keys.add(file: Array(Self.publicPEM.utf8))
    #expect(keys.verdict(on: checkpoint) == .good)
    checkpoint.time = "then"
    #expect(keys.verdict(on: checkpoint) == .bad)
  }

  @Test("Neither a secret nor another kind of key signs, and a public one does not either")
  func others() throws {
    for text in [
      "a secret of at least thirty-two bytes", Self.publicPEM,
      #"{"kty":"oct","alg":"HS256","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
      #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#, "{}", "",
    ] {
      #expect(throws: KeyError.self) { _ = try CheckpointSigner(keyFile: Array(text.utf8)) }
    }
    var keys = CheckpointKeys()
    for text in [Self.privatePEM, "{}", #"{"keys":[]}"#, "x"] {
      #expect(throws: KeyError.self) { try keys.add(file: Array(text.utf8)) }
    }
    #expect(keys.isEmpty)
  }

  @Test("A public key file has nothing of the private one")
  func published() throws {
    let file = try CheckpointSigner.newKeyFile()
    let secret = try #require(try JSON.parse(file)["d"]?.string)
    let published = try CheckpointSigner(keyFile: file).publicJWK
    #expect(secret.utf8.count == 43)
    #expect(!String(decoding: published, as: UTF8.self).contains(secret))
    #expect(try JSON.parse(published)["d"] == nil)
  }
}
