import Auth
import Testing

@testable import ProxyHooks

@Suite("Warnings about a policy")
struct PolicyWarningTests {
  private static let standard = PolicyDocument.standardText

  @Test("The standard policy has none")
  func none() { #expect(PolicyDocument.standard.warnings == []) }

  private func added(_ rules: String) throws -> [String] {
    let text = Self.standard.replacing("messages:\n", with: "\(rules)\n\nmessages:\n")
    return try PolicyDocument(text: text).warnings.map(\.description)
  }

  @Test("A rule that others cover is warned of, one that decides anything is not")
  func covered() throws {
    #expect(
      try added("  - {name: more, allow: [publish], roles: [rider], matches: [open]}") == [
        "rules[6]: more is never the one that decides: other rules cover all that it says"
      ])
    #expect(
      try added("  - {name: more, allow: [publish], roles: [rider], matches: [open], members: [unmuted, muted]}") == [])
  }

  @Test("A rule that others deny all of is warned of")
  func denied() throws {
    #expect(
      try added(
        "  - {name: no-typing, deny: [chat:typing]}\n  - {name: typing, allow: [chat:typing], roles: [rider], matches: [closed]}"
      )
        == [
          "rules[7]: typing is never the one that decides: other rules cover all that it says",
          "rules: nobody may chat:typing: no rule allows it",
        ])
  }

  @Test("A denial in shadow does not protect, and a rule in shadow that changes nothing is said to")
  func shadow() throws {
    #expect(
      try added("  - {name: hush, deny: [publish], roles: [rider], mode: shadow}") == [
        "rules[6]: hush is in shadow: it does not protect"
      ])
    #expect(
      try added("  - {name: more, allow: [publish], roles: [rider], matches: [open], mode: shadow}") == [
        "rules[6]: more is in shadow and would change nothing if it were enforced"
      ])
    #expect(
      try added("  - {name: more, allow: [publish], roles: [rider], matches: [closed], mode: shadow}") == [])
  }

  @Test("An operation that nobody may do is warned of")
  func nobody() throws {
    let text = Self.standard.replacing("allow: [chat:delete]", with: "allow: [chat:read]")
    #expect(
      try PolicyDocument(text: text).warnings.map(\.description) == [
        "rules[5]: take-back is never the one that decides: other rules cover all that it says",
        "rules: nobody may chat:delete: no rule allows it",
      ])
  }

  @Test("A limit that is off, and one in shadow, are warned of")
  func limits() throws {
    let text = Self.standard.replacing("rpc_user: 60/10s", with: "rpc_user: off")
      .replacing("report_user: 10/1h", with: "report_user: {rate: 10/1h, mode: shadow}")
    #expect(
      try PolicyDocument(text: text).warnings.map(\.description) == [
        "limits.rpc_user: is off: nothing bounds rpc, for each user",
        "limits.report_user: is in shadow: it counts, and nothing bounds chat:report, for each user",
      ])
  }
}
