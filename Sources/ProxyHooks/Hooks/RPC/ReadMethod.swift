import Auth
import Storage
import StrictJSON

/// `chat:read`: how far a member has read, told to the room. A position goes forward only.
struct ReadMethod: RPCMethod {
  let name = "chat:read"
  let policy: Policy
  let positions: ReadPositionStore
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, by deadline: Deadline) async throws(Code) -> Answer {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["match", "seq"])
    let match = try MatchID(argument: json["match"])
    guard let seq = try JSON.number(json["seq"], in: 0...Int64.max, else: .badSeq) else { throw .badSeq }
    do throws(StorageError) {
      return answer(
        to: try await positions.read(upTo: seq, of: match, by: user, if: policy.guard(for: .read), by: deadline))
    } catch {
      return .undecided(error)
    }
  }

  private func answer(to outcome: ReadPositionStore.Outcome) -> Answer {
    let decision = policy.decide(.read, on: outcome.facts)
    switch (decision, outcome.fate) {
    case (.allow, .moved(let position)):
      return Answer(.rpc(.init(data: Self.data(position))), reason: decision.rule)
    case (.allow, .unmoved(let position)):
      return Answer(.rpc(.init(data: Self.data(position))), reason: "repeated")
    case (.allow, .beyondLast):
      return .error(.beyondLast)
    case (.deny(let rule), .denied):
      return Answer(.error(Code(rule)), reason: decision.rule)
    case (.allow, .denied), (.deny, .moved), (.deny, .unmoved), (.deny, .beyondLast):
      return alarm.differs(decision)
    }
  }

  private static func data(_ position: ReadPositionStore.Outcome.Position) -> HookReply.JSONText {
    var writer = JSONWriter(capacity: 64)
    writer.beginObject()
    writer.key("read_seq")
    writer.integer(position.readSeq)
    writer.key("unread")
    writer.integer(position.unread)
    writer.endObject()
    return writer.bytes
  }
}
