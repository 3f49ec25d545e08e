import Auth
import Testing

@testable import ProxyHooks

@Suite struct ExplainQuestionTests {
  private func ask(_ text: String) throws -> ExplainQuestion {
    try ExplainQuestion(ConsoleQuery(text, keys: ExplainQuestion.keys))
  }

  @Test("The forms ask what was filled in")
  func asks() throws {
    guard
      case .database(let user, let match, let tokenID, let issuedAt) = try ask(
        "operation=sub_refresh&user=alice&match=m1&token=t&issued=1700000000"
      ).source
    else {
      Issue.record("no question of the database")
      return
    }
    #expect(user.text == "alice" && match?.text == "m1" && tokenID == "t" && issuedAt == 1_700_000_000)
    guard
      case .given(let facts, let isOfOneMatch) = try ask(
        "from=facts&operation=publish&role=rider&state=open&muted=1&revoked=1"
      ).source
    else {
      Issue.record("no question on facts")
      return
    }
    #expect(!isOfOneMatch && facts == Facts(role: .rider, match: .open, isMuted: true).seen(by: .publish))
    guard case .decision(let id) = try ask("id=r-1").source else {
      Issue.record("no question of a decision")
      return
    }
    #expect(id == "r-1")
  }

  @Test(
    "What can't be asked is said, and not guessed",
    arguments: [
      "user=alice", "operation=fly&user=alice", "operation=publish&user=alice", "operation=publish&match=m1",
      "operation=publish&user=a%20b&match=m1", "operation=publish&user=alice&match=a%2Fb",
      "operation=connect&user=a&match=m1",
      "operation=connect&user=a&issued=x", "operation=connect&user=a&issued=-1",
      "operation=connect&user=a&issued=9999999999999",
      "from=facts", "from=facts&operation=publish&role=Big", "from=facts&operation=publish&state=ajar",
    ])
  func refused(text: String) { #expect(throws: ExplainQuestion.Problem.self) { try ask(text) } }
}
