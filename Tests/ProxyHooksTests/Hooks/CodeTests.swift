import Auth
import Foundation
import Testing

@testable import ProxyHooks

@Suite("Codes")
struct CodeTests {
  @Test(
    "Every code is in Centrifugo's range for its form, of at most 32 ASCII bytes, and alone with its number and name")
  func ranges() {
    for code in Code.all {
      switch code.form {
      case .error: #expect((400...1_999).contains(code.number))
      case .reconnect: #expect((4_000...4_499).contains(code.number))
      case .terminal: #expect((4_500...4_999).contains(code.number))
      }
      #expect(code.text.utf8.count <= 32 && code.text.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(code.name)")
    }
    #expect(Set(Code.all.map(\.number)).count == Code.all.count)
    #expect(Set(Code.all.map(\.name)).count == Code.all.count)
    #expect(Code.all.map(\.number) == Code.all.map(\.number).sorted())
  }

  @Test("A denial is never temporary; outages and limits are")
  func temporary() {
    #expect(Code.all.filter(\.isTemporary).map(\.name) == ["too_many_requests", "unavailable"])
    // What was not read is no decision but a fault.
    for reason in Decision.Reason.allCases { #expect(Code(reason).isTemporary == (reason == .factsMissing)) }
  }

  @Test("Who is no present member gets one answer, whatever the reason")
  func oneAnswer() {
    for reason in Decision.Reason.allCases where ![.muted, .matchNotOpen, .factsMissing].contains(reason) {
      #expect(Code(reason) == .denied)
    }
  }

  @Test("The tables in docs are what the code says", arguments: ["codes", "settings"])
  func documents(name: String) throws {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
    let text = try String(contentsOf: root.appending(path: "docs/\(name).md"), encoding: .utf8)
    #expect(
      text == (name == "codes" ? MarkdownTables.codes : MarkdownTables.settings),
      "make it anew: proxyhooks \(name) > docs/\(name).md")
  }
}
