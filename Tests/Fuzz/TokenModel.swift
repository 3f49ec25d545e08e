import Auth
import Foundation

/// What an accepted token's claims must be by RFC 7519, read with Foundation.
enum TokenModel {
  /// Holds `claims` against the payload they were read from. Strict JSON has been held against Foundation elsewhere;
  /// here it is what the values mean.
  static func check(_ claims: TokenClaims, of payload: [UInt8], by rules: TokenRules, now: Int64) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any] else {
      return hold(false, "claims are an object to Foundation")
    }
    hold(object["sub"] as? String == claims.subject.text, "sub is the subject")
    hold(Identifier.isValid(claims.subject.text), "the subject is an id")
    guard let expiry = seconds(object["exp"]) else { return hold(false, "exp is there and a number") }
    hold(expiry > Double(now - rules.leeway), "a token is not over: \(expiry)")
    hold(Double(claims.expiresAt) <= expiry, "no token ends later than it says")
    holdBeginning(object["nbf"], claims.notBefore, now + rules.leeway)
    holdBeginning(object["iat"], claims.issuedAt, now + rules.leeway)
    if let most = rules.maximumLifetime {
      guard let issued = seconds(object["iat"]) else { return hold(false, "iat is there, where it is asked for") }
      hold(expiry - issued < Double(most) + 1, "no token lives longer than it may")
    }
    if let issuer = rules.issuer { hold(object["iss"] as? String == issuer, "iss is the issuer") }
    hold(object["iss"] == nil || object["iss"] is String, "iss is a string")
    holdAudience(object["aud"], rules.audiences)
    hold(object["jti"] as? String == claims.id, "jti is the token's id")
    hold((object["info"] == nil) == (claims.info == nil), "info is there or not")
    if let info = claims.info {
      hold(info.count <= TokenClaims.maximumInfoBytes && info.first == UInt8(ascii: "{"), "info is a short object")
    }
  }

  private static func seconds(_ claim: Any?) -> Double? { (claim as? NSNumber)?.doubleValue }

  private static func holdBeginning(_ claim: Any?, _ read: Int64?, _ latest: Int64) {
    hold((claim == nil) == (read == nil), "a beginning is there or not")
    guard let read, let claim else { return }
    guard let stated = seconds(claim) else { return hold(false, "a beginning is a number") }
    hold(read <= latest && stated <= Double(latest) && Double(read) >= stated, "a beginning has come: \(stated)")
  }

  private static func holdAudience(_ claim: Any?, _ wanted: [String]) {
    guard let claim else { return hold(wanted.isEmpty, "aud is there, where it is asked for") }
    let stated = claim as? [String] ?? (claim as? String).map { [$0] }
    guard let stated else { return hold(false, "aud is a string or a list of strings") }
    hold(!stated.isEmpty, "aud names somebody")
    let isUs = stated.contains { name in wanted.contains { $0.utf8.elementsEqual(name.utf8) } }
    hold(wanted.isEmpty || isUs, "aud is us")
  }
}
