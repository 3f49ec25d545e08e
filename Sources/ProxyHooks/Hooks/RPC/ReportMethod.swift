import Auth
import Storage
import StrictJSON

/// `chat:report`: a member asks moderators to look at a message. Nobody else is told, and once is enough.
struct ReportMethod: RPCMethod {
  /// The most characters (Unicode scalar values) of a report's text.
  static let longestText = 500

  let name = Operation.report.rawValue
  let changes: ChangeStore
  let limits: HookLimits
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["match", "id", "reason", "text"])
    let match = try MatchID(argument: json["match"])
    run.match = match
    let id = try MessageID(argument: json["id"])
    guard let reason = json["reason"]?.string.flatMap({ ReportReason(rawValue: $0) }) else { throw .badReason }
    let text = json["text"] == nil ? nil : try MessageRules.text(json["text"], to: Self.longestText)
    if let refusal = await limits.report(of: user, &run, by: deadline) { return refusal }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let outcome = try await changes.apply(
        .report(reason, text: text), to: id, of: match, by: user, if: run.policy.guard(for: .report), by: deadline)
      return .to(outcome, deciding: run.decide(.report, on: outcome.facts), noMessage: .noSuchMessage, alarm: alarm)
    } catch {
      return .undecided(error)
    }
  }
}
