import Foundation

@testable import Auth

/// Keys as issuers hand them out: a PEM block where the input begins with a hyphen, else a JWK or a JWK Set.
enum KeysTarget {
  @Sendable static func run(_ input: [UInt8]) {
    if input.first == UInt8(ascii: "-") { holdPEM(input) } else { holdJWKS(input) }
  }

  private static func holdPEM(_ text: [UInt8]) {
    let accepted = SigningKeys.algorithms.filter { (try? KeySet(publicKeyPEM: text, algorithm: $0)) != nil }
    let isPrivate = (try? SigningKey(privateKeyPEM: text)) != nil
    hold(!isPrivate || accepted.isEmpty, "no text is a public and a private key")
    guard let algorithm = accepted.first ?? (isPrivate ? .hs256 : nil) else { return }
    hold(Set(accepted.map(\.keyType)).count < 2, "a key is of one type")
    if let keys = try? KeySet(publicKeyPEM: text, algorithm: algorithm) { holdUnforgeable(keys, algorithm) }
    // Dashes of its own at each end, and none between.
    let string = String(decoding: text, as: UTF8.self)
    let label = isPrivate ? "PRIVATE KEY" : "PUBLIC KEY"
    hold(string.hasPrefix("-----BEGIN \(label)-----"), "a block says what it is")
    hold(string.components(separatedBy: "-----BEGIN").count == 2, "there is one block")
    for more in [text + text, text + Array("\nmore".utf8), Array("more\n".utf8) + text] {
      hold((try? KeySet(publicKeyPEM: more, algorithm: algorithm)) == nil, "nothing stands around the block")
      hold((try? SigningKey(privateKeyPEM: more)) == nil, "nothing stands around the block")
    }
    hold((try? KeySet(secret: text, algorithm: .hs256)) == nil, "a key's text is no secret")
  }

  private static func holdJWKS(_ text: [UInt8]) {
    let all = Set(Algorithm.allCases)
    guard let set = try? KeySet(jwksFile: text, allowed: all) else { return }
    guard let document = try? JSONSerialization.jsonObject(with: Data(text)) as? [String: Any] else {
      return hold(false, "a set is an object to Foundation")
    }
    let entries = document["kty"] == nil ? document["keys"] as? [[String: Any]] ?? [] : [document]
    hold(set.count + set.skipped.count == entries.count, "each key is used or left out")
    hold((1...KeySet.maximumKeys).contains(entries.count), "a set has a bound")
    for key in set.keys {
      let id = key.id.map { String(decoding: $0, as: UTF8.self) }
      let named = entries.filter { ($0["kid"] as? String).map { Array($0.utf8) } == key.id }
      hold(!named.isEmpty, "a key has the id that its issuer gave it: \(id ?? "none")")
      for algorithm in Algorithm.allCases where key.allows(algorithm) {
        hold(named.contains { fits($0, algorithm) }, "\(algorithm) is for a key of its type")
        holdUnforgeable(set, algorithm, id: id)
      }
    }
    if document["kty"] != nil { holdPair(text, set) }
    hold(Set(set.keys.map(\.isSecret)).count == 1, "secrets and public keys are not mixed")
    hold((try? KeySet(jwksFile: text + [0x20], allowed: []))?.count == nil, "nothing is allowed that was not")
  }

  /// What a JWK signs, its public half verifies.
  private static func holdPair(_ text: [UInt8], _ set: KeySet) {
    guard let key = try? SigningKey(jwk: text),
      let signer = try? TokenSigner(key: key, algorithm: key.usualAlgorithm, keyID: key.id),
      let token = try? signer.sign(claimsJSON: Array("{}".utf8))
    else { return }
    hold((try? JWS.verify(Array(token.utf8), keys: set)) != nil, "a key's two halves belong together")
  }

  /// Whether an entry can be for `algorithm`, from its own words.
  private static func fits(_ entry: [String: Any], _ algorithm: Algorithm) -> Bool {
    let (type, curve): (String, String?) =
      switch algorithm.keyType {
      case .secret: ("oct", nil)
      case .rsa: ("RSA", nil)
      case .p256: ("EC", "P-256")
      case .p384: ("EC", "P-384")
      case .p521: ("EC", "P-521")
      case .ed25519: ("OKP", "Ed25519")
      }
    let isType = entry["kty"] as? String == type && (curve == nil || entry["crv"] as? String == curve)
    let isMeant = (entry["use"] as? String ?? "sig") == "sig"
    return isType && isMeant && (entry["alg"] as? String ?? algorithm.rawValue) == algorithm.rawValue
  }

  /// Signatures that have fooled verifiers: none, zeroes, small numbers, of every length that a key here takes.
  private static func holdUnforgeable(_ keys: KeySet, _ algorithm: Algorithm, id: String? = nil) {
    var header: [String: Any] = ["alg": algorithm.rawValue]
    header["kid"] = id
    guard let bytes = try? JSONSerialization.data(withJSONObject: header) else { return }
    let input = Base64URL.encode(Array(bytes)) + [0x2E] + Base64URL.encode(Array(#"{"sub":"a"}"#.utf8)) + [0x2E]
    for size in [0, 32, 64, 96, 132, 256] {
      for byte in [UInt8(0), 1, 0xFF] {
        let signature = [UInt8](repeating: 0, count: max(0, size - 1)) + (size > 0 ? [byte] : [])
        hold((try? JWS.verify(input + Base64URL.encode(signature), keys: keys)) == nil, "nobody signs with zeroes")
      }
    }
  }
}
