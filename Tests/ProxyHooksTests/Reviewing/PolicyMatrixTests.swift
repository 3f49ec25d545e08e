import Auth
import Testing

@testable import ProxyHooks

@Suite("The matrix of a policy")
struct PolicyMatrixTests {
  @Test("Every seat is in one column, and every cell of it is what is decided")
  func seats() {
    for document in Review.documents(100, seed: 1) {
      let policy = document.policy
      let matrix = PolicyMatrix(policy)
      let seats = matrix.seats.flatMap { $0.groups.flatMap(\.seats) }
      #expect(seats.count == Seat.all(of: policy.roles).count)
      #expect(Set(seats) == Set(Seat.all(of: policy.roles)))
      for column in matrix.seats {
        for seat in column.groups.flatMap(\.seats) {
          for (operation, decision) in zip(matrix.seatOperations, column.decisions) {
            let decided = policy.decide(operation, ofOneMatch: Facts(seat).seen(by: operation))
            #expect(decided.outcome == decision.outcome && decided.shadow == decision.shadow, "\(operation) \(seat)")
          }
        }
      }
      #expect(Set(matrix.seats.map { $0.decisions.map(PolicyMatrix.Outcome.init) }).count == matrix.seats.count)
    }
  }

  @Test("Every operation is in one column of those who are no members, and every cell of it is what is decided")
  func strangers() {
    for document in Review.documents(100, seed: 2) {
      let matrix = PolicyMatrix(document.policy)
      #expect(
        matrix.strangers.flatMap(\.operations).sorted { $0.rawValue < $1.rawValue }
          == Operation.allCases.sorted { $0.rawValue < $1.rawValue })
      for column in matrix.strangers {
        for operation in column.operations {
          for (stranger, outcome) in zip(PolicyMatrix.Stranger.allCases, column.outcomes) {
            let facts = stranger.facts(in: document.policy, for: operation)
            #expect(outcome == facts.map { PolicyMatrix.Outcome(document.policy.decide(operation, on: $0)) })
          }
        }
      }
    }
  }

  @Test("Under every policy nobody who is no present member is let do anything in a match")
  func nobodyElse() {
    for document in Review.documents(100, seed: 3) {
      for column in PolicyMatrix(document.policy).strangers {
        for operation in column.operations where operation.scope == .match {
          #expect(column.outcomes.allSatisfy { $0?.outcome.isAllowed != true })
        }
      }
    }
  }

  @Test("A cell names the rule by its number, the reason, and what the rules in shadow would do")
  func cells() throws {
    let document = try PolicyDocument(
      text: """
        version: 1
        roles: [driver, rider]
        rules:
          - {name: talk, allow: [publish], roles: [driver, rider], matches: [open]}
          - {name: hush, deny: [publish], roles: [rider], matches: [open], mode: shadow}
          - {name: no-places, deny: [publish], roles: [driver], matches: [open], members: [unmuted]}
        """)
    let text = document.matrix.text
    #expect(text.contains("yes (1) (shadow: no (2): role_may_not)"))
    #expect(text.contains("no (3): role_may_not"))
    let html = document.matrix.html()
    #expect(html.contains("title=\"allowed by talk; with the rules in shadow denied by hush: role_may_not\""))
    #expect(html.contains("class=\"denied\" title=\"denied by no-places: role_may_not\""))
  }

  @Test("Seats are said in groups that hold them exactly, each once")
  func groups() {
    var random = Numbers(state: 4)
    let all = Seat.all(of: [.driver, .rider])
    for _ in 0..<500 {
      let seats = Set(all.filter { _ in Bool.random(using: &random) })
      let said = SeatGroup.groups(of: seats, roles: [.driver, .rider]).flatMap(\.seats)
      #expect(said.count == seats.count && Set(said) == seats)
    }
    let riders = Set(all.filter { $0.role == .rider && $0.match != .cancelled })
    #expect(
      SeatGroup.groups(of: riders, roles: [.driver, .rider]).map(\.words) == [
        "rider of an open or closed match, muted or not"
      ])
  }

  @Test("What a file says means nothing in HTML and Markdown")
  func escaping() {
    let document = ReviewDocument([
      .heading("<h>"), .sentence("a_b _c_ | & \"c\""), .list(["*x*"]),
      .table(.init(columns: [["'"]], rows: [[.init("a|b", note: "\"><i>")]])),
    ])
    #expect(
      document.html()
        == """
        <h2>&lt;h&gt;</h2>
        <p>a_b _c_ | &amp; &quot;c&quot;</p>
        <ul>
        <li>*x*</li>
        </ul>
        <table>
        <thead>
        <tr><th scope="col">&#39;</th></tr>
        </thead>
        <tbody>
        <tr><th scope="row" title="&quot;&gt;&lt;i&gt;">a|b</th></tr>
        </tbody>
        </table>

        """)
    #expect(document.markdown() == "### \\<h\\>\n\na_b \\_c\\_ \\| & \"c\"\n\n- \\*x\\*\n\n| ' |\n| --- |\n| a\\|b |\n")
  }
}
