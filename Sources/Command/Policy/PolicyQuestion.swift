import ArgumentParser
import Auth
import ProxyHooks

/// What is asked of a policy, and of whom.
struct PolicyQuestion: ParsableArguments {
  /// A question with what is known.
  struct Asked {
    let operation: Operation
    let facts: Facts
    let isOfOneMatch: Bool
  }

  @Option(help: "The person's id.")
  var user: String?

  @Option(
    help:
      "What is known, without a database: role=rider,match=open and any of left, muted, removed, banned, token_revoked."
  )
  var given: String?

  @Option(help: "A decision log; with --id.")
  var log: String?

  @Option(help: "The id of the request in the log.")
  var id: String?

  @Option(help: "What is asked for: a hook, or a method such as chat:send.")
  var operation: String?

  @Option(help: "The hook; rpc with --method.")
  var hook: String?

  @Option(help: "The rpc's method, such as chat:send.")
  var method: String?

  @Option(help: "The match.")
  var match: String?

  @Option(help: "The channel instead of the match, such as match:m1.")
  var channel: String?

  @Option(help: "The jti of the token that connect, refresh or sub_refresh came with.")
  var tokenID: String?

  @Option(help: "The iat of that token, in Unix seconds. Without it the token counts as older than any revocation.")
  var issuedAt: Int64?

  func validate() throws {
    guard [user, given, log].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("Give one of --user, --given and --log.")
    }
    guard (log == nil) == (id == nil) else { throw ValidationError("--log and --id go together.") }
    if log != nil {
      guard operation == nil, hook == nil, method == nil, match == nil, channel == nil else {
        throw ValidationError("--log: the line says what was asked; leave the rest out.")
      }
    } else {
      let operation = try asked()
      try validateMatch(of: operation)
    }
    if let user, UserID(user) == nil { throw ValidationError("--user: want 1 to 64 characters A-Z a-z 0-9 . _ @ -") }
    if user == nil, tokenID != nil || issuedAt != nil {
      throw ValidationError("--token-id and --issued-at go with --user.")
    }
  }

  private func validateMatch(of operation: Operation) throws {
    let isNamed = match != nil || channel != nil
    guard match == nil || channel == nil else { throw ValidationError("Give --match or --channel, not both.") }
    guard given == nil || !isNamed else { throw ValidationError("--given says what match it is; leave the match out.") }
    guard operation.hasSeats || !isNamed else { throw ValidationError("\(operation.rawValue) is done in no match.") }
    guard user == nil || operation.scope != .match || isNamed else {
      throw ValidationError("\(operation.rawValue) is done in a match: give --match.")
    }
    if let match, MatchID(match) == nil {
      throw ValidationError("--match: want 1 to 64 characters A-Z a-z 0-9 . _ @ -")
    }
    if let given { _ = try Facts(given: given) }
  }

  /// The operation that the options name.
  private func asked() throws -> Operation {
    guard (operation == nil) != (hook == nil) else { throw ValidationError("Give --operation or --hook.") }
    guard (hook == HookKind.rpc.rawValue) == (method != nil) else {
      throw ValidationError("--hook rpc and --method go together.")
    }
    let isHook = hook == nil || hook == HookKind.rpc.rawValue || HookKind(rawValue: hook ?? "") != nil
    guard isHook, let found = Operation(rawValue: method ?? operation ?? hook ?? ""),
      method == nil || found.hook == .rpc
    else { throw ValidationError("want one of \(Operation.allCases.map(\.rawValue).joined(separator: ", "))") }
    return found
  }

  /// The question with what is known, from wherever it is.
  func answer(under document: PolicyDocument, _ options: ConfigurationOptions) async throws -> Asked {
    if let log, let id { return try Self.line(in: log, of: id, under: document) }
    let operation = try asked()
    if let given {
      let facts = try Facts(given: given)
      return Asked(
        operation: operation, facts: facts.seen(by: operation),
        isOfOneMatch: operation.scope == .matches && facts.membership?.matchState != nil)
    }
    guard let user = user.flatMap({ UserID($0) }) else { throw ValidationError("--user: is no id") }
    var match: MatchID?
    if let channel {
      guard case .match(let named) = Channel(channel, in: document.namespaces) else {
        throw PolicyStatus.unreadable(
          "--channel: is no room; want \(document.namespaces.match):<match id>. The hooks deny it as no_such_channel.")
      }
      match = named
    } else {
      match = self.match.flatMap { MatchID($0) }
    }
    let facts = try await LiveFacts.read(
      of: user, for: operation, in: match, tokenID: tokenID, issuedAt: issuedAt, options.reviewing(),
      names: document.namespaces)
    return Asked(operation: operation, facts: facts, isOfOneMatch: operation.scope == .matches && match != nil)
  }

  /// The question of a line, which is said.
  private static func line(in path: String, of id: String, under document: PolicyDocument) throws -> Asked {
    var found: LoggedDecision?
    try DecisionFiles.read(path) { bytes in
      guard found == nil, let bytes, let line = LoggedDecision(bytes: bytes), line.id == id else { return }
      found = line
    }
    guard let line = found else { throw PolicyStatus.unreadable("\(path): has no decision of the id \(id)") }
    StandardStreams.complain("decided then: \(line.words)")
    guard let operation = line.operation, let facts = line.facts, line.ruling != nil else {
      throw PolicyStatus.unreadable("It was not the rules that decided: \(line.reason).")
    }
    if line.policy != document.version {
      StandardStreams.complain("That was policy \(line.policy); what follows is by policy \(document.version).")
    }
    return Asked(operation: operation, facts: facts, isOfOneMatch: false)
  }
}

extension Facts {
  /// Reads the form of `--given`: `role=rider,match=open,muted`. What it does not say is not so.
  fileprivate init(given text: String) throws {
    var role: MemberRole?
    var match: MatchState?
    var flags: Set<String> = []
    var said: Set<String> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard said.insert(pair[0]).inserted else {
        throw ValidationError("--given: \(pair[0].prefix(40)) is there twice")
      }
      switch (pair[0], pair.count == 2 ? pair[1] : nil) {
      case ("role", .some(let value)) where value == "none" || MemberRole(value) != nil: role = MemberRole(value)
      case ("match", .some(let value)) where value == "none" || MatchState(rawValue: value) != nil:
        match = MatchState(rawValue: value)
      case ("left", nil), ("muted", nil), ("removed", nil), ("banned", nil), ("token_revoked", nil): flags.insert(part)
      default:
        throw ValidationError(
          "--given: want role=…, match=open, closed, cancelled or none, and any of left, muted, removed, banned, token_revoked, found `\(part.prefix(40))`"
        )
      }
    }
    if role?.name == "none" { role = nil }
    self.init(
      role: role, match: match, hasLeft: flags.contains("left"), isMuted: flags.contains("muted"),
      isRemoved: flags.contains("removed"), isBanned: flags.contains("banned"),
      isTokenRevoked: flags.contains("token_revoked"))
  }
}
