import Foundation

@testable import Auth

/// The verifier, with keys of every type.
///
/// An input that begins with a digit names a key; a header and claims follow, a line each, are signed with that key and
/// verified, so that mutation reaches what comes after the signature. Any other input is a token as it stands.
enum TokenTarget {
  static let now: Int64 = 1_900_000_000
  static let plain = TokenRules()
  static let strict = TokenRules(
    leeway: 5, issuer: "https://issuer.example", audiences: ["chat", "rides"], type: "JWT", maximumLifetime: 3_600)

  @Sendable static func run(_ input: [UInt8]) {
    guard let first = input.first, let choice = Int(String(decoding: [first], as: UTF8.self)) else {
      return holdForged(input)
    }
    let algorithm = SigningKeys.algorithms[choice % SigningKeys.algorithms.count]
    let parts = input.dropFirst().split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    let (header, payload) = (Array(parts[0]), parts.count > 1 ? Array(parts[1]) : [])
    guard let token = try? SigningKeys.shared.signers[algorithm]?.sign(header: header, payload: payload) else {
      return hold(false, "anything can be signed")
    }
    guard let claims = claims(of: token, by: plain) else {
      return hold(claims(of: token, by: strict) == nil, "stricter rules take nothing that plain ones do not")
    }
    hold(accepted(header, as: algorithm), "a token is of the key that its header names, and of its algorithm")
    hold(claims.algorithm == algorithm && claims.keyID == algorithm.rawValue, "the claims say who signed")
    TokenModel.check(claims, of: payload, by: plain, now: now)
    if let stricter = Self.claims(of: token, by: strict) {
      hold(stricter == claims, "rules change nothing that a token says")
      TokenModel.check(stricter, of: payload, by: strict, now: now)
    }
    holdTampering(token, by: input)
  }

  private static func claims(of token: [UInt8], by rules: TokenRules, now: Int64 = now) -> TokenClaims? {
    try? TokenVerifier(keys: SigningKeys.shared.keys, rules: rules).verify(token, now: now)
  }

  /// A token that nobody signed here: good only where it is, to the byte, what the secret's owner would have written.
  private static func holdForged(_ token: [UInt8]) {
    guard (try? JWS.verify(token, keys: SigningKeys.shared.keys)) != nil else {
      return hold(claims(of: token, by: plain) == nil, "no claims without a signature")
    }
    let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    hold(parts.count == 3, "a token has three parts")
    let texts = parts.map { decoded($0) }
    let written = [Algorithm.hs256, .hs512].compactMap {
      try? SigningKeys.shared.signers[$0]?.sign(header: texts[0], payload: texts[1])
    }
    hold(written.contains(token), "a token that verifies is one that the key's owner signed, and has no other spelling")
  }

  /// Foundation's reading of a part; empty where it is none.
  private static func decoded(_ part: ArraySlice<UInt8>) -> [UInt8] {
    var text = String(decoding: part, as: UTF8.self)
    text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: text).map { Array($0) } ?? []
  }

  private static func accepted(_ header: [UInt8], as algorithm: Algorithm) -> Bool {
    guard let object = try? JSONSerialization.jsonObject(with: Data(header)) as? [String: Any] else { return false }
    return object["alg"] as? String == algorithm.rawValue && object["kid"] as? String == algorithm.rawValue
      && object["crit"] == nil && object["b64"] == nil
  }

  /// A good token stays good and its neighbours are bad: a bit, a character, a part. Which ones the input decides.
  private static func holdTampering(_ token: [UInt8], by input: [UInt8]) {
    var state = input.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var neighbours = [token + [0x3D], [0x20] + token, token + [0x0A], token + [0x2E], Array(token.dropLast())]
    for _ in 0..<4 {
      var flipped = token
      flipped[next(token.count)] ^= 1 << UInt8(next(8))
      neighbours.append(flipped)
    }
    var last = token
    // The last character's low bits may carry nothing; they still have one spelling.
    last[token.count - 1] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)[next(64)]
    if last != token { neighbours.append(last) }
    for neighbour in neighbours {
      hold((try? JWS.verify(neighbour, keys: SigningKeys.shared.keys)) == nil, "a token that was touched is refused")
    }
    hold((try? JWS.verify(token, keys: SigningKeys.shared.keys)) != nil, "a good token is good again")
  }
}
