import Auth
import Storage
import StrictJSON

/// `chat:delete`: a member takes back what they said, of which a tombstone is left; the room is told.
struct DeleteMethod: RPCMethod {
  let name = Operation.delete.rawValue
  let changes: ChangeStore
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["match", "id"])
    let match = try MatchID(argument: json["match"])
    run.match = match
    let id = try MessageID(argument: json["id"])
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let outcome = try await changes.apply(
        .delete(within: run.document.windows.deleteSeconds), to: id, of: match, by: user,
        if: run.policy.guard(for: .delete), by: deadline)
      return .to(outcome, deciding: run.decide(.delete, on: outcome.facts), noMessage: .notYourMessage, alarm: alarm)
    } catch {
      return .undecided(error)
    }
  }
}
