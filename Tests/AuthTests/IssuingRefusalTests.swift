import StrictJSON
import Testing

@testable import Auth

@Suite("What is not issued")
struct IssuingRefusalTests {
  @Test(
    "An end that is not ahead, too far away, or no date is refused",
    arguments: [
      (TokenExpiry.after(0), IssuingError.Reason.expiryPassed), (.after(-1), .expiryPassed), (.at(0), .expiryPassed),
      (.at(Sample.now), .expiryPassed), (.after(.min), .expiryPassed), (.at(.min), .expiryPassed),
      (.after(86_401), .lifetimeTooLong), (.at(Sample.now + 86_401), .lifetimeTooLong),
      (.after(.max), .timeInvalid), (.at(.max), .timeInvalid), (.at(1 << 53), .timeInvalid),
    ])
  func expiry(expiry: TokenExpiry, reason: IssuingError.Reason) throws {
    let issuer = try Issuing.issuer().issuer
    #expect(
      try Issuing.refusal { _ = try issuer.issue(Issuing.connection { $0.expiry = expiry }, now: Sample.now) }
        == reason)
    #expect(
      try Issuing.refusal { _ = try issuer.issue(Issuing.subscription { $0.expiry = expiry }, now: Sample.now) }
        == reason)
  }

  @Test("A longer lifetime is issued where it was asked for, up to its second")
  func longer() throws {
    let year: Int64 = 31_536_000
    let issuer = try Issuing.issuer(maximumLifetime: year).issuer
    #expect(throws: Never.self) { try issuer.issue(Issuing.connection { $0.expiry = .after(year) }, now: Sample.now) }
    #expect(
      try Issuing.refusal { _ = try issuer.issue(Issuing.connection { $0.expiry = .after(year + 1) }, now: Sample.now) }
        == .lifetimeTooLong)
    let standard = try Issuing.issuer().issuer
    #expect(throws: Never.self) {
      try standard.issue(Issuing.connection { $0.expiry = .after(86_400) }, now: Sample.now)
    }
  }

  @Test("A clock or a beginning that is no date, and a beginning at the end, are refused")
  func otherTimes() throws {
    let issuer = try Issuing.issuer().issuer
    for now in [Int64.min, -1, 1 << 53, .max] {
      #expect(try Issuing.refusal { _ = try issuer.issue(Issuing.connection(), now: now) } == .timeInvalid)
    }
    for (start, reason) in [
      (Int64.min, IssuingError.Reason.timeInvalid), (-1, .timeInvalid), (.max, .timeInvalid),
      (Sample.now + 600, .notBeforeTooLate), (Sample.now + 599, nil), (0, nil),
    ] {
      #expect(
        try Issuing.refusal { _ = try issuer.issue(Issuing.connection { $0.notBefore = start }, now: Sample.now) }
          == reason)
    }
  }

  @Test("What is no JSON object, or a large or deep one, is refused before there is a token")
  func objects() throws {
    let deep = String(repeating: #"{"a":"#, count: 9) + "1" + String(repeating: "}", count: 9)
    for (text, reason) in [
      ("", IssuingError.Reason.malformedJSON), ("{", .malformedJSON), (#"{"a":1,"a":2}"#, .malformedJSON),
      (#"{"a":"\u0000"}"#, .malformedJSON), ("{}x", .malformedJSON), (deep, .malformedJSON),
      (#"{"a":""# + String(repeating: "a", count: 4_090) + #""}"#, .malformedJSON),
      ("[]", .notAnObject), ("1", .notAnObject), ("null", .notAnObject), (#""{}""#, .notAnObject),
    ] {
      #expect(try Issuing.refusal { _ = try ClaimObject(text) } == reason, "\(text.prefix(20))")
    }
    let latin: [UInt8] = Array(#"{"a":""#.utf8) + [0xE4] + Array(#""}"#.utf8)
    #expect(try Issuing.refusal { _ = try ClaimObject(latin) } == .malformedJSON)
  }

  @Test("The deepest object goes into the deepest place")
  func deepest() throws {
    let text = String(repeating: #"{"a":"#, count: 8) + "1" + String(repeating: "}", count: 8)
    let options = SubscriptionOptions(info: try ClaimObject(text))
    let room = try #require(Issuing.room)
    let token = try Issuing.connection { $0.subscriptions = .options([(room, options)]) }
    #expect(throws: Never.self) { try Issuing.issuer().issuer.issue(token, now: Sample.now) }
  }

  @Test("Info that the verifier would refuse is not issued, in whichever place")
  func largeInfo() throws {
    let issuer = try Issuing.issuer().issuer
    let info = try ClaimObject(#"{"a":""# + String(repeating: "a", count: 1_017) + #""}"#)
    #expect(info.bytes.count == 1_025)
    let room = try #require(Issuing.room)
    let subs = ConnectionToken.Subscriptions.options([(room, SubscriptionOptions(info: info))])
    #expect(
      try Issuing.refusal { _ = try issuer.issue(Issuing.connection { $0.info = info }, now: Sample.now) }
        == .infoTooLarge)
    #expect(
      try Issuing.refusal { _ = try issuer.issue(Issuing.connection { $0.subscriptions = subs }, now: Sample.now) }
        == .infoTooLarge)
    #expect(
      try Issuing.refusal { _ = try issuer.issue(Issuing.subscription { $0.options.info = info }, now: Sample.now) }
        == .infoTooLarge)
  }

  @Test("Too many channels, one of them twice, and a token over 8192 bytes are refused")
  func channels() throws {
    let issuer = try Issuing.issuer().issuer
    let many = try (0..<65).map { try #require(Channel("match:\($0)")) }
    func refusal(_ subscriptions: ConnectionToken.Subscriptions) throws -> IssuingError.Reason? {
      try Issuing.refusal {
        _ = try issuer.issue(Issuing.connection { $0.subscriptions = subscriptions }, now: Sample.now)
      }
    }
    #expect(try refusal(.channels(many)) == .tooManyChannels)
    #expect(try refusal(.options(many.map { ($0, SubscriptionOptions()) })) == .tooManyChannels)
    #expect(try refusal(.channels(Array(many.dropLast()))) == nil)
    #expect(try refusal(.channels([many[0], many[1], many[0]])) == .channelTwice)
    #expect(try refusal(.options([(many[0], .init()), (many[0], .init())])) == .channelTwice)
    let data = try ClaimObject(#"{"a":""# + String(repeating: "a", count: 3_000) + #""}"#)
    #expect(try refusal(.options(many[..<2].map { ($0, SubscriptionOptions(data: data)) })) == .tokenTooLarge)
    #expect(try refusal(.options(many[..<3].map { ($0, SubscriptionOptions(data: data)) })) == .tokenTooLarge)
    #expect(try refusal(.options(many[..<1].map { ($0, SubscriptionOptions(data: data)) })) == nil)
  }

  @Test("Names that are empty are refused")
  func names() throws {
    for (issuer, audiences, reason) in [
      ("", ["a"], IssuingError.Reason.issuerEmpty), ("i", [""], .audienceEmpty), ("i", ["a", ""], .audienceEmpty),
    ] {
      let issuer = try Issuing.issuer(issuer: issuer, audiences: audiences).issuer
      #expect(try Issuing.refusal { _ = try issuer.issue(Issuing.connection(), now: Sample.now) } == reason)
    }
  }

  @Test(
    "Options that Centrifugo does not have, or has in another form, are refused",
    arguments: [
      ("[]", IssuingError.Reason.notAnObject), (#"{"nope:1":{}}"#, .channelInvalid),
      (#"{"match:a b":{}}"#, .channelInvalid),
      (#"{"match:1":1}"#, .notAnObject), (#"{"match:1":{"b64info":""}}"#, .optionsInvalid),
      (#"{"match:1":{"expire_at":0}}"#, .optionsInvalid), (#"{"match:1":{"info":[]}}"#, .notAnObject),
      (#"{"match:1":{"override":{"presence":true}}}"#, .optionsInvalid),
      (#"{"match:1":{"override":{"presence":{}}}}"#, .optionsInvalid),
      (#"{"match:1":{"override":{"presence":{"value":1}}}}"#, .optionsInvalid),
      (#"{"match:1":{"override":{"presence":{"value":true,"x":1}}}}"#, .optionsInvalid),
      (#"{"match:1":{"override":{"Presence":{"value":true}}}}"#, .optionsInvalid),
    ])
  func options(text: String, reason: IssuingError.Reason) throws {
    let json = try JSON.parse(Array(text.utf8))
    #expect(try Issuing.refusal { _ = try ConnectionToken.Subscriptions(subs: json, in: .standard) } == reason)
  }

  @Test("An error says where the JSON is wrong, and nothing of it")
  func description() throws {
    let error = #expect(throws: IssuingError.self) { try ClaimObject(#"{"secret":1,"secret":2}"#) }
    #expect(error?.description == "malformed_json (duplicate key at byte 12)")
  }
}
