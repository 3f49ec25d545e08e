import Auth
import StrictJSON
import Testing

@testable import ProxyHooks

@Suite("Facts in a decision's line")
struct FactsJSONTests {
  @Test("What was read is decided again as it was, for every operation and all facts")
  func roundTrip() throws {
    let policy = PolicyDocument.standard.policy
    for facts in Review.facts {
      for operation in Operation.allCases {
        let seen = facts.seen(by: operation)
        let again = try #require(Facts(json: JSON.parse(seen.json)))
        #expect(policy.decide(operation, on: again).outcome == policy.decide(operation, on: seen).outcome, "\(facts)")
        #expect(again.json == seen.json)
      }
    }
  }

  @Test("The form is the one that the log has")
  func form() {
    let all = Facts(
      role: .rider, match: .open, hasLeft: true, isMuted: true, isRemoved: true, isBanned: true, isTokenRevoked: true)
    #expect(
      String(decoding: all.json, as: UTF8.self)
        == #"{"match":"open","role":"rider","left":true,"muted":true,"removed":true,"banned":true,"token_revoked":true}"#
    )
    #expect(Facts(role: nil, match: nil).seen(by: .publish).json == Array("{}".utf8))
    #expect(Facts(role: nil, match: nil).seen(by: .connect).json == Array(#"{"token_revoked":false}"#.utf8))
  }

  @Test(
    "What has anything else in it is not read",
    arguments: [
      "[]", "1", #"{"match":"ended"}"#, #"{"match":null}"#, #"{"role":"Rider"}"#, #"{"muted":1}"#, #"{"left":"true"}"#,
      #"{"removed":null}"#, #"{"banned":0}"#, #"{"token_revoked":null}"#, #"{"admin":true}"#,
    ])
  func others(text: String) throws {
    #expect(Facts(json: try JSON.parse(Array(text.utf8))) == nil)
  }
}
