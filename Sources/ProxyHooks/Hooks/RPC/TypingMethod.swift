import Auth
import Storage
import StrictJSON

/// `chat:typing`: tells a room that somebody who may write there is writing. Nothing is stored: it goes by the server
/// API, to those who listen now.
struct TypingMethod: RPCMethod {
  let name = Operation.typing.rawValue
  let memberships: MembershipStore
  let centrifugo: CentrifugoAPI
  let limits: HookLimits

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["match"])
    let match = try MatchID(argument: json["match"])
    run.match = match
    if let refusal = await limits.typing(of: user, in: match, &run, by: deadline) { return refusal }
    let decision: Decision
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      decision = run.decide(.typing, on: try await memberships.membership(of: user, in: match, by: deadline).facts)
    } catch {
      return .undecided(error)
    }
    guard decision.isAllowed else { return .denied(decision) }
    do throws(CentrifugoAPIError) {
      try await centrifugo.publish(
        Self.event(user, match), in: Channel.match(match).name(in: run.document.namespaces), skipHistory: true,
        by: deadline)
    } catch {
      return .undecided(error)
    }
    return Answer(.rpc(.init(data: Array("{}".utf8))), reason: decision.word)
  }

  private static func event(_ user: UserID, _ match: MatchID) -> [UInt8] {
    var writer = JSONWriter(capacity: 128)
    writer.beginObject()
    writer.key("event")
    writer.string("member_typing")
    writer.key("match")
    writer.string(match.text)
    writer.key("user")
    writer.string(user.text)
    writer.endObject()
    return writer.bytes
  }
}
