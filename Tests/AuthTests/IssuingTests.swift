import StrictJSON
import Testing

@testable import Auth

@Suite("Issuing tokens")
struct IssuingTests {
  @Test("What is issued by any algorithm verifies with the public half of its key", arguments: Algorithm.allCases)
  func everyAlgorithm(algorithm: Algorithm) throws {
    let (issuer, keys) = try Issuing.issuer(algorithm)
    let id = try #require(TokenID("t 1"))
    let token = try issuer.issue(
      Issuing.connection {
        $0.id = id
        $0.notBefore = Sample.now - 5
        $0.info = try ClaimObject(#" {"a": 1.0} "#)
      }, now: Sample.now)
    let claims = try TokenVerifier(keys: keys, rules: TokenRules()).verify(Array(token.utf8), now: Sample.now)
    #expect(claims.subject == Issuing.anna)
    #expect(claims.expiresAt == Sample.now + 600)
    #expect(claims.issuedAt == Sample.now)
    #expect(claims.notBefore == Sample.now - 5)
    #expect(claims.id == "t 1")
    #expect(claims.info == Array(#"{"a": 1.0}"#.utf8))
    #expect(claims.keyID == "k1")
    #expect(claims.algorithm == algorithm)
    let subscription = try issuer.issue(Issuing.subscription(), now: Sample.now)
    #expect(throws: Never.self) { try JWS.verify(Array(subscription.utf8), keys: keys) }
  }

  @Test("A connection token has Centrifugo's claims, and objects to the byte as they were given")
  func connectionClaims() throws {
    let issuer = try Issuing.issuer(issuer: "app", audiences: ["chat", "centrifugo"]).issuer
    let token = try issuer.issue(
      Issuing.connection {
        $0.id = try #require(TokenID("t1"))
        $0.expiry = .at(Sample.now + 60)
        $0.notBefore = Sample.now
        $0.info = try ClaimObject(#"{"n" : 1.0,"u":"\u00e4"}"#)
        $0.meta = try ClaimObject("{ }")
        $0.subscriptions = .channels([try #require(Issuing.room), try #require(Channel("user:anna"))])
      }, now: Sample.now)
    #expect(
      try Issuing.claims(token)
        == #"{"sub":"anna","exp":1900000060,"iat":1900000000,"nbf":1900000000,"jti":"t1","iss":"app","#
        + #""aud":["chat","centrifugo"],"info":{"n" : 1.0,"u":"\u00e4"},"meta":{ },"#
        + #""channels":["match:ride-17","user:anna"]}"#)
  }

  @Test("Subscriptions with options become subs, each override spelled with its value")
  func subscriptionsClaim() throws {
    let options = SubscriptionOptions(
      info: try ClaimObject(#"{"role": "driver"}"#), data: try ClaimObject(#"{"last":1e2}"#),
      override: .init(
        presence: false, joinLeave: true, forcePushJoinLeave: false, forcePositioning: true, forceRecovery: false))
    let bare = try #require(Channel("user:anna"))
    let token = try Issuing.issuer().issuer.issue(
      Issuing.connection {
        $0.id = try #require(TokenID("t1"))
        $0.subscriptions = .options([(try #require(Issuing.room), options), (bare, SubscriptionOptions())])
      }, now: Sample.now)
    let overrides =
      #"{"presence":{"value":false},"join_leave":{"value":true},"force_push_join_leave":{"value":false},"#
      + #""force_positioning":{"value":true},"force_recovery":{"value":false}}"#
    #expect(
      try Issuing.claims(token) == #"{"sub":"anna","exp":1900000600,"iat":1900000000,"jti":"t1","subs":{"#
        + #""match:ride-17":{"info":{"role": "driver"},"data":{"last":1e2},"override":\#(overrides)},"#
        + #""user:anna":{}}}"#)
  }

  @Test("A subscription token has its channel, and one audience as a string")
  func subscriptionClaims() throws {
    let token = try Issuing.issuer(audiences: ["centrifugo"]).issuer.issue(
      Issuing.subscription {
        $0.id = try #require(TokenID("t1"))
        $0.notBefore = Sample.now
        $0.options = SubscriptionOptions(info: try ClaimObject(#"{"a":1}"#), override: .init(presence: true))
      }, now: Sample.now)
    #expect(
      try Issuing.claims(token) == #"{"sub":"anna","channel":"match:ride-17","exp":1900000600,"iat":1900000000,"#
        + #""nbf":1900000000,"jti":"t1","aud":"centrifugo","info":{"a":1},"override":{"presence":{"value":true}}}"#)
  }

  @Test("A subscription token is no connection token")
  func kinds() throws {
    let (issuer, keys) = try Issuing.issuer()
    let subscription = Array(try issuer.issue(Issuing.subscription(), now: Sample.now).utf8)
    #expect(try Sample.refusal(of: subscription, keys: keys) == .subscriptionToken)
    // Nor is one whose channel is empty or no string.
    for channel in [#""""#, "null", "1"] {
      #expect(
        try Sample.refusal(claims: #"{"sub":"anna","exp":1900000600,"channel":\#(channel)}"#) == .subscriptionToken)
    }
    let connection = Array(try issuer.issue(Issuing.connection(), now: Sample.now).utf8)
    let verifier = TokenVerifier(keys: keys, rules: TokenRules())
    for (token, channel) in [(connection, "match:ride-17"), (subscription, "match:ride-18")] {
      let error = #expect(throws: TokenRefusal.self) {
        try verifier.verify(token, now: Sample.now, as: .subscription(channel: channel))
      }
      #expect(error?.reason == .channelMismatch)
    }
    #expect(throws: Never.self) {
      try verifier.verify(subscription, now: Sample.now, as: .subscription(channel: "match:ride-17"))
    }
  }

  @Test("Without one a token gets an id of its own, a random UUID")
  func randomID() throws {
    let ids = (0..<1_000).map { _ in TokenID.random().text }
    #expect(Set(ids).count == ids.count)
    let form = #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
    for id in ids { #expect(id.wholeMatch(of: form) != nil, "\(id)") }
    #expect(try Issuing.connection().id != Issuing.connection().id)
    #expect(TokenID("") == nil && TokenID("ä") == nil && TokenID(String(repeating: "a", count: 129)) == nil)
  }

  @Test("Channels are named in the issuer's namespaces")
  func namespaces() throws {
    let namespaces = try #require(Channel.Namespaces(match: "ride", user: "person"))
    let issuer = try TokenIssuer(key: SigningKey(secret: Sample.secret), namespaces: namespaces)
    let token = try issuer.issue(Issuing.subscription(), now: Sample.now)
    #expect(try Issuing.claims(token).contains(#""channel":"ride:ride-17""#))
  }

  @Test("Claims are read from JSON as they are written into it")
  func readBack() throws {
    let text =
      #"{"match:a":{"info":{"x": 1},"data":{},"override":{"join_leave":{"value":true}}},"user:b":{}}"#
    let subs = try ConnectionToken.Subscriptions(subs: JSON.parse(Array(text.utf8)), in: .standard)
    let token = try Issuing.issuer().issuer.issue(Issuing.connection { $0.subscriptions = subs }, now: Sample.now)
    #expect(try Issuing.claims(token).hasSuffix(#""subs":\#(text)}"#))
  }
}
