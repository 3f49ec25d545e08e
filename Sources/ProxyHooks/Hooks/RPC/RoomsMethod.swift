import Auth
import Storage
import StrictJSON

/// `chat:rooms`: the rooms a person may listen to, with who is in each and what is unread, and whom the
/// person has blocked.
struct RoomsMethod: RPCMethod {
  let name = Operation.rooms.rawValue
  let rooms: RoomStore

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    if case .absent = payload {} else { try payload.object(in: .rpc).refuseKeys(otherThan: []) }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let outcome = try await rooms.rooms(of: user, if: run.policy.guard(for: .rooms), by: deadline)
      let decision = run.decide(.rooms, on: Facts(person: outcome.isBanned))
      guard decision.isAllowed else { return .denied(decision) }
      var writer = JSONWriter(capacity: outcome.rooms.count + outcome.blocked.count + 32)
      writer.beginObject()
      writer.key("rooms")
      writer.raw(outcome.rooms)
      writer.key("blocked")
      writer.raw(outcome.blocked)
      writer.endObject()
      return Answer(.rpc(.init(data: writer.bytes)), reason: decision.word)
    } catch {
      return .undecided(error)
    }
  }
}
