/// The policy in force on one page.
enum PolicyPage {
  static func html(_ policy: PolicyInForce) -> HTML {
    ConsolePage.policy.document(
      """
      <h1>Policy</h1>
      \(policy.html)\(HTML(policy.document.matrix))
      """)
  }
}

/// The policy, since when it holds, and what became of its file since the start.
struct PolicyInForce: Sendable {
  let document: PolicyDocument
  let since: UTCTime
  /// The file; nil for the policy that is built in.
  let path: String?
  /// Changed files that were taken, and that were not.
  let reloads: (taken: UInt64, refused: UInt64)

  /// In names and values.
  var html: HTML {
    let warnings = document.warnings
    let changed: HTML =
      switch reloads {
      case (0, 0): "none since the start"
      case (let taken, 0): "\(taken) taken"
      case (let taken, let refused):
        "\(taken) taken, \(HTML.tone(.bad, "\(refused) not taken")): the log says why, and the policy before stayed"
      }
    return HTML.facts([
      ("Version", "<span class=\"code\">\(document.version)</span>"),
      ("In force since", "\(since.rfc3339)"),
      ("File", "\(path ?? "none: the policy that is built in")"),
      ("Changed files", changed),
      ("Warnings", warnings.isEmpty ? "none" : "<ul>\(warnings.html { "<li>\($0.description)</li>" })</ul>"),
    ])
  }
}
