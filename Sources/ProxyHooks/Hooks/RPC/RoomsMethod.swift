import Auth
import Storage
import StrictJSON

/// `chat:rooms`: the rooms a person may listen to, with who is in each and what is unread, and whom the
/// person has blocked.
struct RoomsMethod: RPCMethod {
  let name = "chat:rooms"
  let policy: Policy
  let rooms: RoomStore

  func answer(to user: UserID, _ payload: HookRequest.Payload, by deadline: Deadline) async throws(Code) -> Answer {
    if case .absent = payload {} else { try payload.object(in: .rpc).refuseKeys(otherThan: []) }
    do throws(StorageError) {
      let outcome = try await rooms.rooms(of: user, if: policy.guard(for: .subscribe), by: deadline)
      guard !outcome.isBanned else {
        return Answer(.error(.denied), reason: Rule.Denying.bannedFromService.rawValue)
      }
      var writer = JSONWriter(capacity: outcome.rooms.count + outcome.blocked.count + 32)
      writer.beginObject()
      writer.key("rooms")
      writer.raw(outcome.rooms)
      writer.key("blocked")
      writer.raw(outcome.blocked)
      writer.endObject()
      return Answer(.rpc(.init(data: writer.bytes)), reason: Rule.Allowing.memberMay.rawValue)
    } catch {
      return .undecided(error)
    }
  }
}
