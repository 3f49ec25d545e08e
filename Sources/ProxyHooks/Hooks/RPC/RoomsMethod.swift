import Auth
import Storage
import StrictJSON

/// `chat:rooms`: a page of the rooms a person may listen to, with who is in each and what is unread, and whom the
/// person has blocked.
struct RoomsMethod: RPCMethod {
  let name = Operation.rooms.rawValue
  let rooms: RoomStore

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let page = try Self.page(of: payload)
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let outcome = try await rooms.rooms(of: user, page, if: run.policy.guard(for: .rooms), by: deadline)
      let decision = run.decide(.rooms, on: Facts(person: outcome.isBanned))
      guard decision.isAllowed else { return .denied(decision) }
      var writer = JSONWriter(capacity: outcome.rooms.count + outcome.blocked.count + 160)
      writer.beginObject()
      writer.key("rooms")
      writer.raw(outcome.rooms)
      writer.key("blocked")
      writer.raw(outcome.blocked)
      writer.key("has_more")
      writer.bool(outcome.next != nil)
      if let next = outcome.next {
        writer.key("before")
        writer.string(next.description)
      }
      writer.endObject()
      return Answer(.rpc(.init(data: writer.bytes)), reason: decision.word)
    } catch {
      return .undecided(error)
    }
  }
  private static func page(of payload: HookRequest.Payload) throws(Code) -> RoomStore.Page {
    if case .absent = payload { return RoomStore.Page() }
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["before", "limit"])
    var page = RoomStore.Page()
    if let limit = try JSON.number(json["limit"], in: 1...Int64(RoomStore.longestPage), else: .badLimit) {
      page.limit = Int(limit)
    }
    if let before = json["before"] {
      guard let place = before.string.flatMap({ RoomStore.Place($0) }) else { throw .badBefore }
      page.before = place
    }
    return page
  }
}
