import Auth
import Storage
import StrictJSON

/// `chat:edit`: a member says something else, of the same kind, in place of what they said; the room is told.
struct EditMethod: RPCMethod {
  let name = Operation.edit.rawValue
  let changes: ChangeStore
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    let match = try MatchID(argument: json["match"])
    run.match = match
    let id = try MessageID(argument: json["id"])
    // The kind is the message's own. Of a payload without either content, the text is what is missed.
    let isPlace = json["text"] == nil && (json["lat"] != nil || json["lon"] != nil)
    let content = try run.document.messages.content(
      from: json, kind: isPlace ? "location" : "text", others: ["match", "id"])
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let outcome = try await changes.apply(
        .edit(to: content, within: run.document.windows.editSeconds), to: id, of: match, by: user,
        if: run.policy.guard(for: .edit), by: deadline)
      return .to(outcome, deciding: run.decide(.edit, on: outcome.facts), noMessage: .notYourMessage, alarm: alarm)
    } catch {
      return .undecided(error)
    }
  }
}
