import Auth
import Storage
import StrictJSON

/// `chat:read`: how far a member has read, told to the room. A position goes forward only.
struct ReadMethod: RPCMethod {
  let name = Operation.read.rawValue
  let positions: ReadPositionStore
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["match", "seq"])
    let match = try MatchID(argument: json["match"])
    run.match = match
    guard let seq = try JSON.number(json["seq"], in: 0...Int64.max, else: .badSeq) else { throw .badSeq }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let outcome = try await positions.read(
        upTo: seq, of: match, by: user, if: run.policy.guard(for: .read), by: deadline)
      return answer(to: outcome, run.decide(.read, on: outcome.facts))
    } catch {
      return .undecided(error)
    }
  }

  private func answer(to outcome: ReadPositionStore.Outcome, _ decision: Decision) -> Answer {
    switch (decision.outcome, outcome.fate) {
    case (.allow, .moved(let position)):
      return Answer(.rpc(.init(data: Self.data(position))), reason: decision.word)
    case (.allow, .unmoved(let position)):
      return Answer(.rpc(.init(data: Self.data(position))), reason: "repeated")
    case (.allow, .beyondLast):
      return .error(.beyondLast)
    case (.deny, .denied):
      return .denied(decision)
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
