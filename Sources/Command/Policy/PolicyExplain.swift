import ArgumentParser
import Auth
import ProxyHooks

struct PolicyExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Says why something is allowed or denied, step by step.",
    discussion: """
      What is known of the person comes from the database of PROXYHOOKS_DATABASE_URL (--user), from --given, or from a line \
      of the decision log (--log with --id). Nothing is changed and no limit is counted.

        proxyhooks policy explain --user bob --operation publish --match m1
        proxyhooks policy explain --given role=rider,match=closed --operation publish
        proxyhooks policy explain --log decisions.log --id 5f3a0c17

      Exit status: 0 allowed, 1 denied, 2 it can't be said.
      """)

  @Argument(help: "The policy file.")
  var file: String?

  @OptionGroup var question: PolicyQuestion

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let policy = try PolicyFiles.chosen(file, options)
    let asked = try await question.answer(under: policy.document, options)
    let explanation = PolicyExplanation(
      of: asked.operation, on: asked.facts, isOfOneMatch: asked.isOfOneMatch, under: policy.document)
    if json {
      try StandardStreams.print(String(decoding: explanation.json, as: UTF8.self))
    } else {
      print(explanation.document.text, terminator: "")
    }
    if !explanation.decision.isAllowed {
      throw explanation.decision.reason == .factsMissing ? PolicyStatus.unreadable : PolicyStatus.no
    }
  }
}
